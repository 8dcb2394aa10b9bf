/**
 * What an installation is made of. The bundles are named by the lists that the build reads, so that a
 * part that is built is also copied; what was copied is written down, so that one that is missing or
 * changed is seen.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { packProgram } from "../hook/program/packed-program.ts";
import type { Place } from "../machine/place.ts";
import { writeWhole } from "../machine/write-whole.ts";
import { compileProgram } from "./compile-program.ts";

/** A file of CAUM_HOME/bin. */
export interface Part {
  readonly name: string;
  readonly bytes: Buffer;
}

const PROGRAM = "hook-program.cjs";
const PACKED_PROGRAM = "hook.program";
const WRITTEN_DOWN = "parts.json";
/** Every part is of this time, so that one that somebody changes is newer than the stamp. */
const INSTALLED_AT = new Date(Date.UTC(2000, 0, 1));
/** The stamp of `serve`; some shells compare whole seconds. */
const STAMP = "serve.ok";
const BEFORE_NOW_MS = 2_000;

/** The bundles of the proxy: what a wrapped entry may need. */
export function proxyParts(): readonly Part[] {
  return partsOf(proxyPackage());
}

/** The bundles of the hook; its program is packed with what the Node makes of it. */
export function hookParts({ node }: Pick<Place, "node">): readonly Part[] {
  return partsOf(ownPackage()).map((part) => {
    if (part.name !== PROGRAM) return part;
    const text = part.bytes.toString("latin1");
    return { name: PACKED_PROGRAM, bytes: packProgram(text, compileProgram(text, node)) };
  });
}

/** Copies the parts and notes what they are; those of another kind stay noted. */
export function placeParts(place: Place, parts: readonly Part[]): void {
  const folder = join(place.caumHome, "bin");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const { name, bytes } of parts) writeWhole(join(folder, name), bytes, 0o600, INSTALLED_AT);
  const digests = parts.map(({ name, bytes }) => [name, digestOf(bytes)]);
  const known = { ...writtenDown(folder), ...Object.fromEntries(digests) };
  writeWhole(join(folder, WRITTEN_DOWN), `${JSON.stringify(known, undefined, 2)}\n`, 0o600);
}

/** The file that everything that was installed is older than. */
export function stampPath(caumHome: string): string {
  return `${caumHome}/bin/${STAMP}`;
}

/** From here on what was placed counts as whole. */
export function stampParts({ caumHome }: Place): void {
  const at = new Date(Date.now() - BEFORE_NOW_MS);
  writeWhole(join(caumHome, "bin", STAMP), Buffer.alloc(0), 0o600, at);
}

/** One sentence for each part that is missing or not what was installed; none without an installation. */
export function partProblems({ caumHome }: Place): readonly string[] {
  const folder = join(caumHome, "bin");
  const known = writtenDown(folder);
  if (Object.keys(known).length === 0) return [];
  const names = new Set([...bundleNames(proxyPackage()), ...Object.keys(known)]);
  const problems = [...names].flatMap((name) => {
    const found = readIfThere(join(folder, name));
    if (!found) return [`${name} is missing in ${folder}: run caum install again`];
    if (digestOf(found) === known[name]) return [];
    return [`${name} in ${folder} is not what was installed: run caum install again`];
  });
  if (problems.length > 0 || !("serve" in known)) return problems;
  return isStamped(folder, join(folder, "serve"))
    ? []
    : [`${folder} was copied or touched, so servers run alone: run caum install again`];
}

/** Whether the file is as old as the stamp says; the same look as that of a wrapped entry. */
export function isStamped(folder: string, path: string): boolean {
  const stamp = statSync(join(folder, STAMP), { throwIfNoEntry: false });
  const file = statSync(path, { throwIfNoEntry: false });
  return stamp !== undefined && file !== undefined && file.mtimeMs < stamp.mtimeMs;
}

function partsOf(folder: string): readonly Part[] {
  return bundleNames(folder).map((name) => {
    const bytes = readIfThere(join(folder, "dist", name));
    if (!bytes)
      throw new Error(`${name} is missing: install @caum/cli again, or run npm run build`);
    return { name, bytes };
  });
}

/** The list that the build of the package reads as well. */
function bundleNames(folder: string): readonly string[] {
  return Object.keys(JSON.parse(readFileSync(join(folder, "bundles.json"), "utf8")));
}

function writtenDown(folder: string): Readonly<Record<string, unknown>> {
  try {
    const known: unknown = JSON.parse(readFileSync(join(folder, WRITTEN_DOWN), "utf8"));
    return typeof known === "object" && known !== null ? { ...known } : {};
  } catch {
    return {};
  }
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function proxyPackage(): string {
  const require = createRequire(import.meta.url);
  return dirname(require.resolve("@caum/mcp-proxy/package.json"));
}

/** The same from sources and from dist. */
function ownPackage(): string {
  return fileURLToPath(new URL("../..", import.meta.url));
}
