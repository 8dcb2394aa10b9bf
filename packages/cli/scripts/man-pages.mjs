/** Writes the pages of the manual into the package, from the built command. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = join(dirname(fileURLToPath(import.meta.url)), "../dist/man");

export async function writeManPages() {
  const { createProgram } = await import("../dist/program.js");
  const { manPages } = await import("../dist/completion/man-page.js");
  const { VERSION } = await import("../dist/options/version.js");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { file, text } of manPages(await createProgram(), VERSION)) {
    writeFileSync(join(folder, file), text);
  }
}
