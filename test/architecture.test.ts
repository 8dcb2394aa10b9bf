import { readdirSync, readFileSync } from "node:fs";
import { dirname, extname, join, relative, resolve, sep } from "node:path";
import { VERSION } from "@caum/core";
import { expect, test } from "vitest";
import { type Import, readImports } from "./imports.ts";

const root = join(import.meta.dirname, "..");
const IMPORTS = readImports();

/** Which of our packages a package may import; nothing imports `cli` or `dashboard`. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  "mcp-proxy": ["core", "emitter"],
  langchain: ["core"],
  "ai-sdk": ["core"],
  openai: ["core"],
  anthropic: ["core"],
  caum: ["core", "openai", "anthropic", "emitter"],
  collector: ["core", "emitter", "otlp", "workflows"],
  dashboard: ["core"],
  histories: ["core"],
  otlp: ["core"],
  workflows: ["core"],
  emitter: ["core"],
  cli: ["core", "mcp-proxy", "collector", "histories", "workflows"],
};

/**
 * The data flow of core: a file imports only from its own part and from parts to its left.
 * `session.ts` and `observer.ts` join the four folders before them; what adapters share is built on
 * these two.
 */
const CORE_FLOW = [
  "capture",
  "evidence",
  "health",
  "report",
  "observer-options.ts",
  "session-facts.ts",
  "session.ts",
  "observer.ts",
  "merge",
  "wire",
];
/** Describes records to the outside, so it may know them and nothing else. */
const PROTOCOL_FLOW = ["capture", "protocol"];

/**
 * The collector, likewise: plain rows and their rules, what an intake does to a session, the two
 * stores, how a door speaks HTTP, the features, what all doors are made of, and the doors.
 */
const COLLECTOR_FLOW = [
  "rows",
  "ingest",
  "store",
  "html-text.ts",
  "timed-rounds.ts",
  "http",
  "tenants",
  "oidc",
  "alerts",
  "billing",
  "time-stamp",
  "head-log",
  "memory",
  "overview",
  "evidence",
  "effectiveness",
  "comparison",
  "evidence-pack",
  "migrate",
  "submission",
  "operation",
  "validation",
  "start-fault.ts",
  "witness",
  "open-store.ts",
  "services.ts",
  "gate",
  "doors",
  "dashboard",
  "local",
  "server.ts",
  "collector-options.ts",
  "make-services.ts",
  "collector.ts",
  "index.ts",
];

/** A part that imports those before it; those of one row know nothing of each other. */
type Flow = readonly (string | readonly string[])[];

/** The proxy: what is relayed waits in the backlog, is read by the tap, and both doors stand on it. */
const PROXY_FLOW: Flow = [
  ["command", "session", "upload"],
  "backlog",
  "tap/messages",
  "tap/tools",
  "tap/journal",
  "tap/calls",
  "tap/conversation.ts",
  "tap/http",
  "tap/recorder.ts",
  ["stdio", "http"],
  "main.ts",
];

/** The command: what it prints with, what it knows of the machine, its parts, and the commands. */
const CLI_FLOW: Flow = [
  "terminal",
  "options",
  ["machine", "up", "history", "hook/event"],
  "hook/clients",
  "hook/inbox",
  "hook/recorder",
  "hook/run-hook.ts",
  "hook/program",
  ["launcher", "service"],
  "install/clients",
  "install/source",
  "install/entries",
  "install/http",
  "install/install.ts",
  ["install/relays", "install/hooks", "install/telemetry", "install/print-reports.ts", "relays"],
  "sessions/source",
  ["sessions/local", "sessions/collector", "sessions/shown"],
  ["sessions/both-sources.ts", "sessions/both-feeds.ts"],
  ["sessions/source-of.ts", "sessions/tail.ts", "profiles"],
  ["lookback", "check", "export", "keys", "mcp", "prune", "doctor", "flush", "operator"],
  ["import", "status", "evidence", "selectors"],
  ["gate", "stats", "compare", "completion"],
  "commands",
  "program.ts",
  "main.ts",
];

/** The page: what the collector answers, what is checked here, what is drawn, and the pages. */
const PAGE_FLOW: Flow = [
  ["server", "verify"],
  "parts",
  "session/trace",
  "session/charts",
  ["alerts", "ledger", "overview", "settings", "start", "session", "workflows"],
  "compare",
  "pages",
  "main.tsx",
];

const MOST_FILES = 12;
/** Folders with more files of code than that. */
const FULL_FOLDERS: readonly string[] = ["ai-sdk/src"];

/** zod costs 48 to 112 ms to load, so only the protocol entry of core may pull it in. */
const ZOD_ENTRY = "protocol";

test("packages import only what the table allows", () => {
  for (const [name, allowed] of Object.entries(MAY_IMPORT)) {
    for (const { file, target } of importsOf(join(root, "packages", name, "src"))) {
      const imported = /^(?:@caum\/)([a-z-]+)|^(caum)$/u.exec(target);
      const other = imported?.[1] ?? imported?.[2];
      if (other && other !== name) expect(allowed, `${file} imports ${target}`).toContain(other);
    }
  }
});

test("every package is in the table", () => {
  for (const name of readdirSync(join(root, "packages"))) {
    expect(Object.keys(MAY_IMPORT)).toContain(name);
  }
});

test("inside core, imports point left", () => {
  const source = join(root, "packages/core/src");
  for (const { file, target } of importsOf(source)) {
    if (!target.startsWith(".")) continue;
    const [part = ""] = relative(source, join(root, file)).split(sep);
    const flow = part === "protocol" ? PROTOCOL_FLOW : CORE_FLOW;
    // The entries (index.ts, verify.ts, ...) re-export what is public.
    if (!flow.includes(part)) continue;
    const [into = ""] = relative(source, resolve(dirname(join(root, file)), target)).split(sep);
    const allowed = flow.slice(0, flow.indexOf(part) + 1);
    expect(allowed, `${file} imports ${target}`).toContain(into);
  }
});

test("inside the collector, imports point left, and every part is in the table", () => {
  const source = join(root, "packages/collector/src");
  expect(COLLECTOR_FLOW.toSorted()).toEqual(readdirSync(source).toSorted());
  for (const { file, target } of importsOf(source)) {
    if (!target.startsWith(".")) continue;
    const [part = ""] = relative(source, join(root, file)).split(sep);
    const [into = ""] = relative(source, resolve(dirname(join(root, file)), target)).split(sep);
    const allowed = COLLECTOR_FLOW.slice(0, COLLECTOR_FLOW.indexOf(part) + 1);
    expect(allowed, `${file} imports ${target}`).toContain(into);
  }
});

test.each([
  ["mcp-proxy", PROXY_FLOW],
  ["cli", CLI_FLOW],
  ["dashboard", PAGE_FLOW],
])("inside %s, imports point left, and every file is in the table", (name, flow) => {
  const source = `packages/${name}/src`;
  const rows = flow.map((row) => (typeof row === "string" ? [row] : row));
  const partOf = (file: string) => {
    const path = relative(source, file).replaceAll(sep, "/");
    const parts = rows.flat().filter((part) => path === part || path.startsWith(`${part}/`));
    // What stands deeper has a row of its own.
    return parts.sort((one, other) => other.length - one.length)[0] ?? path;
  };
  for (const { file, target } of importsOf(source)) {
    const part = partOf(file);
    const row = rows.findIndex((parts) => parts.includes(part));
    expect(row, `${file} is in no part of the table`).toBeGreaterThanOrEqual(0);
    if (!target.startsWith(".")) continue;
    const allowed = [part, ...rows.slice(0, row).flat()];
    expect(allowed, `${file} imports ${target}`).toContain(partOf(join(dirname(file), target)));
  }
  const parts = rows.flat().filter((part) => !importsOf(`${source}/${part}`).length);
  expect(parts, "parts of the table that are not there").toEqual([]);
});

test("no files import each other in a circle, not even for types", () => {
  const into = new Map<string, string[]>();
  for (const { file, target } of IMPORTS) {
    if (!target.startsWith(".")) continue;
    into.set(file, [...(into.get(file) ?? []), join(dirname(file), target)]);
  }
  // What is in no circle is taken away, from both ends, until nothing more goes.
  let edges = [...into].flatMap(([from, targets]) => targets.map((to) => ({ from, to })));
  for (let before = -1; before !== edges.length; ) {
    before = edges.length;
    const importing = new Set(edges.map(({ from }) => from));
    const imported = new Set(edges.map(({ to }) => to));
    edges = edges.filter(({ from, to }) => importing.has(to) && imported.has(from));
  }
  const circling = [...new Set(edges.map(({ from }) => from))].sort();
  expect(circling).toEqual([]);
});

test("a folder holds at most twelve files of code", () => {
  const counts = new Map<string, number>();
  for (const file of readdirSync(join(root, "packages"), { recursive: true, encoding: "utf8" })) {
    const path = file.replaceAll(sep, "/");
    if (!/^[a-z-]+\/src\//u.test(path) || !/^\.tsx?$/u.test(extname(path))) continue;
    const folder = dirname(path);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  const full = [...counts].filter(([, count]) => count > MOST_FILES).map(([folder]) => folder);
  // A folder that was split leaves the list.
  expect(full.sort()).toEqual(FULL_FOLDERS);
});

test("the rules of evidence and conditions need no Node, and the page runs nothing else of core", () => {
  const reached = new Set([
    "packages/core/src/verify-rules.ts",
    "packages/core/src/health/alerts/condition/index.ts",
  ]);
  for (const file of reached) {
    for (const { target } of importsOf(file)) {
      expect(target, `${file} is for browsers too`).toMatch(/^\.{1,2}\//u);
      reached.add(join(dirname(file), target));
    }
    const code = readFileSync(join(root, file), "utf8").replaceAll(/\/\*.*?\*\/|\/\/[^\n]*/gsu, "");
    expect(code, `${file} is for browsers too`).not.toMatch(/\b(?:Buffer|process|require)\b/u);
  }
  expect(reached.size).toBeGreaterThan(5);
  const ofCore = importsOf("packages/dashboard/src").filter(({ target }) =>
    target.startsWith("@caum/"),
  );
  const isTypes = ({ file, target }: Import) =>
    target === "@caum/core/protocol" &&
    /import type \{[^}]*\} from "@caum\/core\/protocol"/u.test(
      readFileSync(join(root, file), "utf8"),
    );
  const run = ofCore.filter((one) => !isTypes(one)).map(({ target }) => target);
  expect(new Set(run)).toEqual(new Set(["@caum/core/verify/rules", "@caum/core/conditions"]));
});

test("the two stores never import each other, and what they share knows neither", () => {
  const store = join(root, "packages/collector/src/store");
  const engines = ["sqlite", "postgres"];
  for (const { file, target } of importsOf(store)) {
    const own = engines.find((engine) => file.includes(`/store/${engine}/`));
    const others = engines.filter((engine) => engine !== own);
    for (const other of others) expect(`${target}/`, file).not.toContain(`/${other}/`);
  }
});

test("core depends on nothing but zod, and zod stays behind its protocol entry", () => {
  const manifest = JSON.parse(readFileSync(join(root, "packages/core/package.json"), "utf8"));
  expect(Object.keys(manifest.dependencies ?? {})).toEqual(["zod"]);
  for (const { file, target } of importsOf(join(root, "packages/core/src"))) {
    if (target.startsWith(".") || target.startsWith("node:")) continue;
    expect(target, file).toBe("zod");
    expect(file, "zod outside of the protocol").toContain(`core/src/${ZOD_ENTRY}`);
  }
});

test("all packages have one version, which records say", () => {
  for (const name of readdirSync(join(root, "packages"))) {
    const manifest = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));
    expect(manifest.version, name).toBe(VERSION);
    const siblings = Object.entries<string>(manifest.dependencies ?? {});
    for (const [other, version] of siblings) {
      if (other.startsWith("@caum/")) expect(version, `${name} needs ${other}`).toBe(VERSION);
    }
  }
});

/** Files of readers that parse by themselves, because they say more than that it is no JSON. */
const OWN_PARSING: readonly string[] = [
  "histories/src/clients/cline.ts",
  "histories/src/files/file-head.ts",
  "histories/src/files/whole-file.ts",
  "otlp/src/decode/decode.ts",
];

test("JSON of hosts, models and emitters is parsed in one place", () => {
  const readers =
    /^(?:ai-sdk|langchain|openai|anthropic|otlp|histories|core\/src\/(?:wire|merge)|mcp-proxy\/src\/tap\/(?:messages|calls))\//u;
  const parsing = readdirSync(join(root, "packages"), { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll(sep, "/"))
    .filter((file) => readers.test(file) && /\/src\/.*\.ts$/u.test(file))
    .filter((file) => /JSON\.parse\(/u.test(readFileSync(join(root, "packages", file), "utf8")));
  expect(parsing.sort()).toEqual(OWN_PARSING);
});

test("observe-only is the only decision in the sources", () => {
  for (const file of readdirSync(join(root, "packages"), { recursive: true, encoding: "utf8" })) {
    if (!/^[a-z-]+\/src\/.*\.tsx?$/u.test(file.replaceAll(sep, "/"))) continue;
    const text = readFileSync(join(root, "packages", file), "utf8");
    expect(text, file).not.toMatch(
      /allowed_to_block["']?\s*:\s*true|raw_content_used["']?\s*:\s*true/u,
    );
  }
});

/** The imports of the files of a folder, or of one file. */
function importsOf(folder: string): readonly Import[] {
  const path = relative(root, resolve(root, folder));
  return IMPORTS.filter(({ file }) => file === path || file.startsWith(`${path}${sep}`));
}
