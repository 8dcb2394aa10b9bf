import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");

/**
 * The built file, for tests that run what was built: one that is older than its sources would say
 * nothing about them.
 *
 * @param file its path, from the root of the repository
 * @param sources folders of what goes into it, as `scripts/build.mjs` has them
 * @throws {Error} when it is missing, or older than one of them
 */
export function freshBuild(file: string, sources: readonly string[]): string {
  const builtMs = statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const later = sources.flatMap(filesBelow).find((source) => changedMs(source) > builtMs);
  if (later === undefined) return join(root, file);
  throw new Error(`${file} is missing or older than ${later}: run \`npm run build\` first`);
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) =>
    join(folder, name),
  );
}

function changedMs(path: string): number {
  return statSync(join(root, path)).mtimeMs;
}
