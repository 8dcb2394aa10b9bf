/** Values of given sizes, as agents pass them. */

/** About 1 KB of arguments: names, numbers, flags, a list and a longer text. */
export function argumentsOf1Kb(): unknown {
  return {
    path: "/srv/project/packages/server/src/routes/orders.ts",
    query: "orders that were placed after the last release and not yet shipped",
    limit: 50,
    offset: 100,
    recursive: true,
    timeoutMs: 30_000,
    include: ["**/*.ts", "**/*.tsx", "**/*.json", "docs/**/*.md"],
    options: { caseSensitive: false, contextLines: 3, maxMatches: 200, encoding: "utf-8" },
    note: textOf(560),
  };
}

/** Text of about the given length, as a tool prints it: lines, numbers, a time here and there. */
export function textOf(length: number): string {
  const lines: string[] = [];
  for (let line = 1, size = 0; size < length; line++) {
    const text = `src/routes/orders.ts:${line}:12: const order = await loadOrder(id); took ${line}.5 ms`;
    lines.push(text);
    size += text.length + 1;
  }
  return lines.join("\n").slice(0, length);
}

/** The hardest 64 KiB that are known of, for the writer and for the scanner. */
export const LARGE_VALUES: Readonly<Record<string, () => unknown>> = {
  "text of a tool": () => textOf(65_000),
  "one word": () => "a".repeat(65_000),
  digits: () => "1".repeat(65_000),
  "0x repeated": () => "0x".repeat(32_500),
  "digit and letter": () => "1g".repeat(32_500),
  "hex groups": () => "1234-".repeat(13_000),
  colons: () => "1:".repeat(32_500),
  "clock-like": () => "12:34:5".repeat(9_200),
  "duration-like": () => "1m".repeat(32_500),
  "temporary paths": () => "/tmp/".repeat(13_000),
  "control characters": () => "\u0001".repeat(65_000),
  "wide characters": () => "\u20ac".repeat(21_600),
  "small numbers": () => Array.from({ length: 32_000 }, (_, index) => index % 10),
  "empty objects": () => Array.from({ length: 21_000 }, () => ({})),
  "small objects": () => Array.from({ length: 6_000 }, (_, index) => ({ id: index })),
  "many keys": () =>
    Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`key${9_999 - index}`, index])),
  "deep nesting": () => nested(60),
  bytes: () => new Uint8Array(65_536),
};

function nested(depth: number): unknown {
  return depth === 0 ? textOf(1_000) : { a: nested(depth - 1), b: [textOf(100)] };
}
