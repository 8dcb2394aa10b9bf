import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * The core of another built checkout, to be compared with ours in one run.
 *
 * @throws {Error} when the folder is no built checkout
 */
export function builtCore(checkout: string): Promise<typeof import("@caum/core")> {
  return import(builtPackage(checkout, "core"));
}

/**
 * Its health engine; a checkout without that entry has it in its first one.
 *
 * @throws {Error} when the folder is no built checkout
 */
export function builtHealth(checkout: string): Promise<typeof import("@caum/core/health")> {
  const entry = join(dirname(fileURLToPath(builtPackage(checkout, "core"))), "health.js");
  return existsSync(entry)
    ? import(pathToFileURL(entry).href)
    : import(builtPackage(checkout, "core"));
}

/**
 * Where a package of a built checkout is loaded from.
 *
 * @throws {Error} when the folder is no built checkout
 */
export function builtPackage(checkout: string, name: string): string {
  const file = join(resolve(checkout), "packages", name, "dist/index.js");
  if (!existsSync(file)) throw new Error(`${checkout}: not a built checkout: run its build first`);
  return pathToFileURL(file).href;
}
