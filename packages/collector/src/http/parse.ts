import type { z } from "zod";
import { type Detail, DoorError } from "./door-error.ts";

type Issue = z.core.$ZodIssue;

/** A path element that looks like a field name; anything else could be content. */
const FIELD_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const MAX_DETAILS = 20;

/**
 * Reads what was sent, once, at the door.
 *
 * @throws {DoorError} 400 naming each field that does not fit, never its value
 */
export function parse<S extends z.ZodType>(schema: S, sent: unknown): z.output<S> {
  const parsed = schema.safeParse(sent ?? {});
  if (parsed.success) return parsed.data;
  throw new DoorError("VALIDATION_ERROR", "the request does not fit the schema: see details", {
    details: parsed.error.issues.flatMap((issue) => detailsOf(issue, sent)).slice(0, MAX_DETAILS),
  });
}

function detailsOf(issue: Issue, sent: unknown): readonly Detail[] {
  const path = issue.path.map(pathElement);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...path, pathElement(key)],
      code: issue.code,
      message: "this field is not known: leave it out",
    }));
  }
  return [{ path, code: issue.code, message: messageOf(issue, sent) }];
}

function pathElement(element: PropertyKey): string | number {
  if (typeof element === "number") return element;
  const name = String(element);
  return FIELD_NAME.test(name) ? name : "?";
}

/** Whether the sender said anything at this place: a wrong value is not a missing one. */
function isPresent(sent: unknown, path: readonly PropertyKey[]): boolean {
  let value = sent;
  for (const element of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, element)) return false;
    value = (value as Record<PropertyKey, unknown>)[element]; // An own key was just found.
  }
  return value !== undefined;
}

/** What each form of a union would have taken, each once. */
function expectedOf({ errors }: Extract<Issue, { code: "invalid_union" }>): readonly string[] {
  const expected = errors.flat().flatMap((issue) => {
    if (issue.code === "invalid_type") return [issue.expected];
    return issue.code === "too_small" ? [`at least ${issue.minimum} characters`] : [];
  });
  return expected.length === 0 ? ["of another form"] : [...new Set(expected)];
}

/** Types in words that a sender of JSON knows. */
function wordFor(expected: string): string {
  return expected === "int" ? "a whole number" : expected === "record" ? "an object" : expected;
}

/** Of what there are too few or too many; a number has none. */
function unitOf({ origin }: Extract<Issue, { code: "too_small" | "too_big" }>): string {
  return origin === "string" ? " characters" : origin === "array" ? " entries" : "";
}

function messageOf(issue: Issue, sent: unknown): string {
  switch (issue.code) {
    case "invalid_type":
      return isPresent(sent, issue.path)
        ? `must be ${wordFor(issue.expected)}`
        : `is required and must be ${wordFor(issue.expected)}`;
    case "invalid_union":
      return `must be ${wordFor(expectedOf(issue).join(" or "))}`;
    case "too_small":
      return `must be at least ${issue.minimum}${unitOf(issue)}`;
    case "too_big":
      return `must be at most ${issue.maximum}${unitOf(issue)}`;
    case "invalid_value":
      return `must be one of ${issue.values.map(String).join(", ")}`;
    case "custom":
    case "invalid_format":
      // These messages are our own, or name the format.
      return issue.message.slice(0, 120);
    default:
      return "has another form than expected";
  }
}
