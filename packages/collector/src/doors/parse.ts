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
    details: parsed.error.issues.flatMap(detailsOf).slice(0, MAX_DETAILS),
  });
}

function detailsOf(issue: Issue): readonly Detail[] {
  const path = issue.path.map(pathElement);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...path, pathElement(key)],
      code: issue.code,
      message: "this field is not known: leave it out",
    }));
  }
  return [{ path, code: issue.code, message: messageOf(issue) }];
}

function pathElement(element: PropertyKey): string | number {
  if (typeof element === "number") return element;
  const name = String(element);
  return FIELD_NAME.test(name) ? name : "?";
}

function messageOf(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined
        ? `is required and must be ${issue.expected}`
        : `must be ${issue.expected}`;
    case "too_small":
      return `must be at least ${issue.minimum}`;
    case "too_big":
      return `must be at most ${issue.maximum}`;
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
