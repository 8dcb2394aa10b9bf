import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * The core of another built checkout, to be compared with ours in one run.
 *
 * @throws {Error} when the folder is no built checkout
 */
export async function builtCore(checkout: string): Promise<typeof import("@caum/core")> {
  const file = join(resolve(checkout), "packages/core/dist/index.js");
  if (!existsSync(file)) throw new Error(`${checkout}: not a built checkout: run its build first`);
  return import(pathToFileURL(file).href);
}
