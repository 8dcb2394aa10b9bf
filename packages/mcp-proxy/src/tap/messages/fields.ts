export type Fields = Readonly<Record<string, unknown>>;

/** The members of a parsed JSON object; undefined when it is something else. */
export function fieldsOf(value: unknown): Fields | undefined {
  // True because what JSON.parse makes of an object has string keys and nothing else.
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The fields without those named. */
export function without(fields: Fields, names: readonly string[]): Fields {
  if (!names.some((name) => name in fields)) return fields;
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}
