import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { VERSION } from "@caum/core";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** Which of our packages a package may import; nothing imports `cli` or `dashboard`. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  "mcp-proxy": ["core"],
  langchain: ["core"],
  "ai-sdk": ["core"],
  openai: ["core"],
  anthropic: ["core"],
  caum: ["core", "openai", "anthropic"],
  collector: ["core", "otlp"],
  dashboard: [],
  histories: ["core"],
  otlp: ["core"],
  cli: ["core", "mcp-proxy", "collector", "histories"],
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
  "http",
  "tenants",
  "alerts",
  "billing",
  "evidence",
  "effectiveness",
  "evidence-pack",
  "migrate",
  "operation",
  "validation",
  "start-fault.ts",
  "open-store.ts",
  "services.ts",
  "gate",
  "doors",
  "dashboard",
  "local",
  "server.ts",
  "collector.ts",
  "index.ts",
];

/** zod costs 48 to 112 ms to load, so only the protocol entry of core may pull it in. */
const ZOD_ENTRY = "protocol";

test("packages import only what the table allows", () => {
  for (const [name, allowed] of Object.entries(MAY_IMPORT)) {
    for (const { file, target } of imports(join(root, "packages", name, "src"))) {
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
  for (const { file, target } of imports(source)) {
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
  for (const { file, target } of imports(source)) {
    if (!target.startsWith(".")) continue;
    const [part = ""] = relative(source, join(root, file)).split(sep);
    const [into = ""] = relative(source, resolve(dirname(join(root, file)), target)).split(sep);
    const allowed = COLLECTOR_FLOW.slice(0, COLLECTOR_FLOW.indexOf(part) + 1);
    expect(allowed, `${file} imports ${target}`).toContain(into);
  }
});

test("the two stores never import each other", () => {
  const names = ["sqlite", "postgres"] as const;
  for (const [at, name] of names.entries()) {
    const other = names[1 - at] ?? "";
    for (const { file, target } of imports(join(root, "packages/collector/src/store", name))) {
      expect(target, file).not.toContain(`/${other}/`);
    }
  }
});

test("core depends on nothing but zod, and zod stays behind its protocol entry", () => {
  const manifest = JSON.parse(readFileSync(join(root, "packages/core/package.json"), "utf8"));
  expect(Object.keys(manifest.dependencies ?? {})).toEqual(["zod"]);
  for (const { file, target } of imports(join(root, "packages/core/src"))) {
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

test("observe-only is the only decision in the sources", () => {
  for (const file of readdirSync(join(root, "packages"), { recursive: true, encoding: "utf8" })) {
    if (!/^[a-z-]+\/src\/.*\.tsx?$/u.test(file.replaceAll(sep, "/"))) continue;
    const text = readFileSync(join(root, "packages", file), "utf8");
    expect(text, file).not.toMatch(
      /allowed_to_block["']?\s*:\s*true|raw_content_used["']?\s*:\s*true/u,
    );
  }
});

interface Import {
  readonly file: string;
  readonly target: string;
}

/** Every import and re-export below a folder; none when the package does not exist yet. */
function imports(folder: string): Import[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/u.test(file))
    .flatMap((file) => {
      const path = join(folder, file);
      const text = readFileSync(path, "utf8");
      const found = text.matchAll(
        /(?:^(?:import|export)\b[^"';]*?\bfrom\s+|^import\s+|\bimport\(\s*)["']([^"']+)["']/gmu,
      );
      return [...found].map(([, target = ""]) => ({ file: relative(root, path), target }));
    });
}
