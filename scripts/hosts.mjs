/**
 * Runs the adapters' tests against other releases of their hosts: `npm run hosts`, or
 * `npm run hosts -- oldest newest -- --project langchain`.
 *
 * `oldest` is the lowest version of each adapter's peer range, `current` what this checkout has
 * installed, `newest` what the registry calls the latest. Releases are installed once each into the
 * temporary folder, beside a copy of the packages, so that the checkout stays as it is.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
/**
 * Adapters, each with its host, and the oldest releases of what of that host's family its tests use
 * besides: ranges inside of the family are open, so an old host would get a new relative.
 */
const HOSTS = {
  "ai-sdk": { ai: undefined },
  langchain: {
    "@langchain/core": undefined,
    langchain: "1.0.1",
    "@langchain/langgraph": "1.0.0",
    "@langchain/langgraph-checkpoint": "1.0.0",
    "@langchain/langgraph-sdk": "1.0.0",
  },
  openai: { openai: undefined },
  anthropic: { "@anthropic-ai/sdk": undefined },
};
const SETS = ["oldest", "current", "newest"];
const COPIED = ["packages", "test", "vitest.config.ts", "package.json", "tsconfig.json"];
const LEFT_OUT = /[/\\](?:node_modules|dist)(?:[/\\]|$)|\.process-test/u;

const asked = process.argv.slice(2);
const end = asked.includes("--") ? asked.indexOf("--") : asked.length;
const sets = end === 0 ? SETS : asked.slice(0, end);
const unknown = sets.filter((set) => !SETS.includes(set));
if (unknown.length > 0) fail(`unknown set ${unknown.join(", ")}: it is one of ${SETS.join(", ")}`);
const projects = Object.keys(HOSTS).flatMap((name) => ["--project", name]);
const extra = asked.slice(end + 1);
const options = extra.includes("--project") ? extra : [...projects, ...extra];

const failed = sets.filter((set) => !passes(set));
console.log(failed.length === 0 ? `hosts: ${sets.join(", ")} passed` : `hosts: ${failed} failed`);
process.exit(failed.length === 0 ? 0 : 1);

function passes(set) {
  const versions = versionsOf(set);
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  console.log(`hosts: ${set}: ${named.join(", ")}`);
  if (set === "current") return runTests(root);
  const work = mkdtempSync(join(tmpdir(), "caum-hosts-run-"));
  try {
    assemble(work, install(versions));
    return runTests(work);
  } finally {
    rmSync(work, { recursive: true, force: true, maxRetries: 3 });
  }
}

function versionsOf(set) {
  const versions = {};
  for (const [adapter, family] of Object.entries(HOSTS)) {
    const { peerDependencies } = readJson(join(root, "packages", adapter, "package.json"));
    for (const [name, companion] of Object.entries(family)) {
      if (set === "newest") versions[name] = latestOf(name);
      if (set === "current") versions[name] = installed(name);
      if (set === "oldest") versions[name] = companion ?? lowestOf(peerDependencies[name]);
    }
  }
  return versions;
}

/** Ranges are written `>=1.2.3 <2`. */
function lowestOf(range) {
  return /^>=(\d+\.\d+\.\d+) /u.exec(range)?.[1] ?? fail(`no lowest version in ${range}`);
}

function installed(name) {
  return readJson(join(root, "node_modules", name, "package.json")).version;
}

function latestOf(name) {
  return npm(["view", name, "dist-tags.latest"], root).trim();
}

/** A folder with these versions, made once. */
function install(versions) {
  const manifest = { private: true, dependencies: versions, overrides: versions };
  const name = createHash("sha256").update(JSON.stringify(manifest)).digest("hex").slice(0, 16);
  const folder = join(tmpdir(), "caum-hosts", name);
  if (existsSync(join(folder, "node_modules", ".package-lock.json"))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  npm(["install", "--no-audit", "--no-fund", "--no-package-lock", "--legacy-peer-deps"], folder);
  return folder;
}

/** The packages and tests of this checkout, with the hosts of that folder in place of its own. */
function assemble(work, hosts) {
  for (const name of COPIED) {
    cpSync(join(root, name), join(work, name), {
      recursive: true,
      filter: (path) => !LEFT_OUT.test(path.slice(root.length)),
    });
  }
  const modules = join(work, "node_modules");
  for (const name of packagesIn(join(root, "node_modules"))) {
    const [ours, theirs] = [root, hosts].map((from) => join(from, "node_modules", name));
    const target = name.startsWith("@caum/")
      ? join(work, "packages", name.slice("@caum/".length))
      : existsSync(theirs)
        ? theirs
        : ours;
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(target, join(modules, name), "junction");
  }
}

function packagesIn(modules) {
  return readdirSync(modules).flatMap((name) =>
    name.startsWith("@") ? readdirSync(join(modules, name)).map((sub) => `${name}/${sub}`) : [name],
  );
}

function runTests(cwd) {
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const run = spawnSync(process.execPath, [vitest, "run", ...options], { cwd, stdio: "inherit" });
  return run.status === 0;
}

/** Through a shell because npm is a script on Windows; nothing of it comes from outside. */
function npm(parts, cwd) {
  const run = spawnSync(`npm ${parts.join(" ")}`, { cwd, shell: true, encoding: "utf8" });
  if (run.status !== 0) fail(`npm ${parts[0]} did not finish: ${run.stderr}`);
  return run.stdout;
}

function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

function fail(message) {
  console.error(`hosts: ${message}`);
  process.exit(2);
}
