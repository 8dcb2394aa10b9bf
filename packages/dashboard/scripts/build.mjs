/** Builds the page: index.html and assets named after their content, where the collector serves it. */
import { cpSync, existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL("../", import.meta.url));
const page = join(root, "dist/page");
/** The collector carries the page in its own package. */
const served = join(root, "../collector/dist/page");

const optionsFor = (folder) => ({
  root,
  configFile: false,
  logLevel: "warn",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  resolve: { conditions: ["@caum/source", "browser", "import", "module", "default"] },
  build: {
    outDir: folder,
    emptyOutDir: true,
    assetsDir: "assets",
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    target: "es2023",
  },
});

/** Does nothing when no source is newer than the page; may run in several processes at once. */
export async function buildDashboard() {
  if ([page, served].every(isNew)) return;
  const made = `${page}-${process.pid}`;
  await inProduction(() => build(optionsFor(made)));
  // What the page is made of asks for its notice to stay with it.
  cpSync(new URL("../LICENSE", import.meta.resolve("preact")), join(made, "LICENSE-preact.txt"));
  putAt(served, made);
  putAt(page, made);
  rmSync(made, { recursive: true, force: true });
}

/** A copy in one move, so that nobody finds half of it. */
function putAt(folder, made) {
  const copy = `${folder}-${process.pid}`;
  if (copy !== made) cpSync(made, copy, { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  try {
    renameSync(copy, folder);
  } catch (failure) {
    // Somebody else was faster, with the same page.
    if (!existsSync(join(folder, "index.html"))) throw failure;
    rmSync(copy, { recursive: true, force: true });
  }
}

/** The page is the same whoever builds it: a test would otherwise get one for debugging. */
async function inProduction(work) {
  const { NODE_ENV: before } = process.env;
  process.env.NODE_ENV = "production";
  try {
    await work();
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  }
}

function isNew(folder) {
  const made = join(folder, "index.html");
  return existsSync(made) && newest() <= statSync(made).mtimeMs;
}

/** The latest change of a source, in milliseconds since the epoch. */
function newest() {
  // The rules of evidence are core's.
  const files = ["src", "scripts", "../core/src/evidence"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((file) => join(root, folder, file)),
  );
  return Math.max(...[...files, join(root, "index.html")].map((file) => statSync(file).mtimeMs));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await buildDashboard();
