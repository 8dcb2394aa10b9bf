/** Configuration files as people write them: every style of every format, and broken ones. */
import fc from "fast-check";

interface Server {
  readonly name: string;
  readonly words: readonly string[];
  readonly hasEnv: boolean;
  readonly kind: "stdio" | "bare" | "disabled" | "http";
}

interface Style {
  readonly newLine: string;
  readonly indent: string;
  readonly hasMark: boolean;
  readonly hasComments: boolean;
  readonly isTight: boolean;
  readonly endsOpen: boolean;
}

const word = fc.oneof(
  fc.constantFrom(
    "-y",
    "@scope/server",
    "/tmp/a b",
    "$" + "{HOME}/x",
    "--key=ü€🙂",
    "it's",
    "$(x)",
    "a\\b",
  ),
  fc.constantFrom(
    'say "hi"',
    "# no comment",
    "// no comment",
    "a: b",
    "",
    "*",
    "&x",
    "{a}",
    "[b",
    "1.0",
  ),
  fc.string({ maxLength: 12 }),
);

const server: fc.Arbitrary<Server> = fc.record({
  name: fc.oneof(
    fc.constantFrom("files", "git hub", "ünï", "a.b", "x-1"),
    fc.string({ minLength: 1, maxLength: 8 }),
  ),
  words: fc
    .tuple(
      fc.constantFrom("npx", "uvx", "/opt/my tools/run", "./server.js"),
      fc.array(word, { maxLength: 4 }),
    )
    .map(([command, args]) => [command, ...args]),
  hasEnv: fc.boolean(),
  kind: fc.constantFrom("stdio", "stdio", "stdio", "bare", "disabled", "http"),
});

const style: fc.Arbitrary<Style> = fc.record({
  newLine: fc.constantFrom("\n", "\r\n"),
  indent: fc.constantFrom("  ", "    ", "\t", " "),
  hasMark: fc.boolean(),
  hasComments: fc.boolean(),
  isTight: fc.boolean(),
  endsOpen: fc.boolean(),
});

const servers = fc.uniqueArray(server, { maxLength: 5, selector: ({ name }) => name });

export const jsonFiles = fc.tuple(servers, style).map(([list, look]) => jsonText(list, look));
export const yamlFiles = fc.tuple(servers, style).map(([list, look]) => yamlText(list, look));
export const tomlFiles = fc.tuple(servers, style).map(([list, look]) => tomlText(list, look));

function finished(lines: readonly string[], { newLine, hasMark, endsOpen }: Style): string {
  return (hasMark ? "\ufeff" : "") + lines.join(newLine) + (endsOpen ? "" : newLine);
}

function jsonText(list: readonly Server[], look: Style): string {
  const { indent, hasComments, isTight } = look;
  const colon = isTight ? ":" : " :  ";
  const entries = list.flatMap(({ name, words, hasEnv, kind }) => {
    const [command, ...args] = words;
    const fields = [
      kind === "http"
        ? `"url"${colon}"https://example.com/mcp"`
        : `"command"${colon}${JSON.stringify(command)}`,
      ...(kind === "bare" || kind === "http"
        ? []
        : [
            `"args"${colon}[ ${args.map((one) => JSON.stringify(one)).join(isTight ? "," : " , ")}${hasComments && args.length > 0 ? ",/* last */" : ""}]`,
          ]),
      ...(hasEnv ? [`"env"${colon}{"KEY"${colon}"\\u0041\${input:key}"}`] : []),
      ...(kind === "disabled" ? [`"disabled"${colon}true`] : []),
    ];
    const comment = hasComments ? [`${indent}${indent}// ${name.replace(/\s/g, " ")}`] : [];
    return [
      ...comment,
      `${indent}${indent}${JSON.stringify(name)}${colon}{ ${fields.join(isTight ? "," : ` ,${look.newLine}${indent}`)} },`,
    ];
  });
  const body =
    entries.length === 0
      ? []
      : [
          ...entries.slice(0, -1),
          hasComments ? (entries.at(-1) ?? "") : (entries.at(-1) ?? "").slice(0, -1),
        ];
  return finished(
    [
      "{",
      `${indent}"theme": "dark",`,
      `${indent}"mcpServers"${colon}{`,
      ...body,
      `${indent}}`,
      "}",
    ],
    look,
  );
}

function yamlText(list: readonly Server[], look: Style): string {
  const { hasComments, isTight } = look;
  const pad = isTight ? "  " : "      ";
  const entries = list.flatMap(({ name, words, hasEnv, kind }) => {
    const [command, ...args] = words;
    const tail = hasComments ? " # why: because" : "";
    const flow = `${pad}  args: [${args.map((one) => JSON.stringify(one)).join(", ")}]${tail}`;
    const block = [
      `${pad}  args:${tail}`,
      ...args.map((one) => `${pad}${isTight ? "  " : "    "}- ${JSON.stringify(one)}${tail}`),
    ];
    const listed = args.length === 0 || hasEnv ? [flow] : block;
    return [
      `${pad}${JSON.stringify(name)}:${tail}`,
      kind === "http"
        ? `${pad}  uri: https://example.com/mcp`
        : `${pad}  cmd: ${hasEnv ? JSON.stringify(command) : command}${tail}`,
      ...(kind === "bare" || kind === "http" ? [] : listed),
      ...(hasEnv ? [`${pad}  envs:`, `${pad}    KEY: abc`] : []),
      ...(kind === "disabled" ? [`${pad}  enabled: false`] : []),
    ];
  });
  return finished(
    [
      "GOOSE_MODEL: x",
      entries.length === 0 ? "extensions: {}" : "extensions:",
      ...entries,
      "last: 1",
    ],
    look,
  );
}

function tomlText(list: readonly Server[], look: Style): string {
  const { hasComments, isTight, indent } = look;
  const equals = isTight ? "=" : " = ";
  const literal = (text: string) => JSON.stringify(text).replace(/\x7f/g, "\\u007f");
  const entries = list.flatMap(({ name, words, hasEnv, kind }) => {
    const [command = "", ...args] = words;
    const tail = hasComments ? " # why = because" : "";
    const key = literal(name);
    if (isTight && !hasEnv && kind === "stdio") {
      return [
        `[mcp_servers]${tail}`.repeat(0) +
          `mcp_servers.${key} = {command = '${command}', args = [${args.map(literal).join(",")}]}${tail}`,
      ];
    }
    return [
      `[mcp_servers.${key}]${tail}`,
      kind === "http"
        ? `url${equals}"https://example.com/mcp"`
        : `${indent}command${equals}${hasEnv ? literal(command) : `'${command}'`}${tail}`,
      ...(kind === "bare" || kind === "http"
        ? []
        : [
            `args${equals}[${args.map((one) => `${look.newLine}${indent}${literal(one)},${tail}`).join("")}${look.newLine}]`,
          ]),
      ...(kind === "disabled" ? ["enabled = false"] : []),
      ...(hasEnv ? [`[mcp_servers.${key}.env]`, 'KEY = """multi"line"""'] : []),
      "",
    ];
  });
  const inline = entries.filter((line) => line.startsWith("mcp_servers."));
  const tables = entries.filter((line) => !line.startsWith("mcp_servers."));
  return finished(
    [
      'model = "o"',
      "notify = [ 1, { a = 1 } ] # [x]",
      ...inline,
      ...tables,
      "[last]",
      "d = 2026-01-01",
    ],
    look,
  );
}
