/** Whether a call runs with what it was asked with, without keeping what that was. */
import { hash } from "node:crypto";
import { plainOfText } from "../../capture/foreign-json.ts";
import type { CallFacts } from "./call-facts.ts";
import type { OpenCall } from "./open-call.ts";

/** Longer text is not parsed; it is digested as the text that it is. */
const MAX_PARSED = 256 * 1024;

export function textHashOf({ argumentsText }: CallFacts): string | undefined {
  return argumentsText === undefined ? undefined : hash("sha1", argumentsText, "base64");
}

/** Not needed where the text tells. */
export function refOf({
  arguments: values,
  argumentsText,
}: CallFacts): WeakRef<object> | undefined {
  if (argumentsText !== undefined) return undefined;
  return typeof values === "object" && values !== null ? new WeakRef(values) : undefined;
}

export function isSameValue({ values }: OpenCall, facts: CallFacts): boolean {
  return values !== undefined && values.deref() === facts.arguments;
}

/** The arguments; of a text, the JSON that it is, else the text itself. */
export function valuesOf({ arguments: values, argumentsText: text }: CallFacts): unknown {
  if (values !== undefined || text === undefined) return values;
  return text.length > MAX_PARSED ? text : plainOfText(text);
}
