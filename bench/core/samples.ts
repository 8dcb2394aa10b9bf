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

/**
 * Text of the given length, as tools print it: source, search hits, prose, JSON and test results.
 *
 * About 75 numbers and 80 lines in 4 KB; files of this repository hold 5 to 220 and 75 to 160.
 */
export function textOf(length: number): string {
  const lines: string[] = [];
  for (let line = 1, size = 0; size < length; line++) {
    const text = lineOf(line);
    lines.push(text);
    size += text.length + 1;
  }
  return lines.join("\n").slice(0, length);
}

function lineOf(line: number): string {
  switch (line % 5) {
    case 0:
      return "  const order = await loadOrder(id);";
    case 1:
      return `src/routes/orders.ts:${line}:12: export function shipOrder(order: Order) {`;
    case 2:
      return "Orders that were placed before the release stay in the old table.";
    case 3:
      return `{"id":${line},"status":"shipped","total":19.5}`;
    default:
      return `PASS test/orders.test.ts (${line} ms)`;
  }
}

/** A listing: three to four numbers in each line. */
export function denseTextOf(length: number): string {
  const lines = Array.from({ length: Math.ceil(length / 40) }, (_, line) => {
    return `-rw-r--r--  1 root  ${1_000 + line * 7} Nov ${1 + (line % 28)} 02:${10 + (line % 50)} a${line}.ts`;
  });
  return lines.join("\n").slice(0, length);
}

/** The hardest 64 KiB that are known of, for the writer and for the scanner. */
export const LARGE_VALUES: Readonly<Record<string, () => unknown>> = {
  "text of a tool": () => textOf(65_000),
  listing: () => denseTextOf(65_000),
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
  "control characters in a list": () => ["\u0001".repeat(65_000)],
  "lines in a list": () => [textOf(65_000)],
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
