/**
 * Loads the recorder with what V8 made of it in an earlier process, which is kept in CAUM_HOME. To
 * compile it takes as long as everything else between an answer and its record.
 */
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Reader } from "../backlog/late-reader.ts";
import { homeFolder } from "../command/home-folder.ts";
import { keepSmall } from "./keep-small.ts";

const FOLDER = "compiled";
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const WRITABLE_BY_OTHERS = 0o022;
const DIGEST_BYTES = 32;
const NAME_LENGTH = 32;
/** After the first records: what they needed is compiled by then, and nobody waits. */
const KEEP_AFTER_MS = 500;
/** One for each Node and version of ours that is in use. */
const MAX_KEPT = 4;

type Script = import("node:vm").Script;

/** What a bundle exports. */
export interface Loaded<Exports> {
  readonly exports: Exports;
  /** Has V8's work kept when the reader first rests; nothing to do when it was. */
  keeping<Item>(reader: Reader<Item>): Reader<Item>;
}

/**
 * @param file a bundle beside this one
 * @throws what reading, compiling or running it throws
 */
export function loadBundle<Exports>(file: string, home: string | undefined): Loaded<Exports> {
  // V8 takes its work back only under the same flags.
  keepSmall();
  const { Script } = process.getBuiltinModule("node:vm");
  const path = join(__dirname, file);
  const source = readFileSync(path);
  const kept = join(homeFolder(home), FOLDER, nameFor(source));
  const cachedData = read(kept);
  const text = `(function (module, exports, require, __dirname) {${source.toString("utf8")}\n})`;
  const script = new Script(text, { filename: path, ...(cachedData && { cachedData }) });
  const module: { exports: unknown } = { exports: {} };
  script.runInThisContext()(module, module.exports, require, __dirname);
  const isKept = cachedData !== undefined && script.cachedDataRejected !== true;
  return {
    // True as far as the build is: the caller says what the bundle is made of.
    exports: module.exports as Exports,
    keeping: (reader) => (isKept ? reader : withKeeping(reader, () => keep(kept, script))),
  };
}

/** V8 itself compares no more than the length of the source. */
function nameFor(source: Buffer): string {
  const { cachedDataVersionTag } = process.getBuiltinModule("node:v8");
  const { createHash } = process.getBuiltinModule("node:crypto");
  const tag = `${process.version} ${process.arch} ${cachedDataVersionTag()}`;
  return createHash("sha256").update(tag).update(source).digest("hex").slice(0, NAME_LENGTH);
}

/** V8 does not look at all of its bytes: what is not whole, or can be another's, is not handed to it. */
function read(kept: string): Buffer | undefined {
  try {
    if (mayBeOfOthers(kept)) return undefined;
    const bytes = readFileSync(kept);
    const data = bytes.subarray(DIGEST_BYTES);
    return digestOf(data).equals(bytes.subarray(0, DIGEST_BYTES)) ? data : undefined;
  } catch {
    return undefined;
  }
}

/** Windows tells by no mode; a home is in its owner's folder there. */
function mayBeOfOthers(path: string): boolean {
  if (process.getuid === undefined) return false;
  const { uid, mode } = statSync(path);
  return uid !== process.getuid() || (mode & WRITABLE_BY_OTHERS) !== 0;
}

function withKeeping<Item>(reader: Reader<Item>, keepNow: () => void): Reader<Item> {
  let isAsked = false;
  return {
    ...reader,
    rest() {
      reader.rest();
      if (!isAsked) setTimeout(keepNow, KEEP_AFTER_MS).unref();
      isAsked = true;
    },
  };
}

/** A home that cannot be written costs the next process its time, nothing else. */
async function keep(kept: string, script: Script): Promise<void> {
  const { mkdir, rename, rm, writeFile } = process.getBuiltinModule("node:fs/promises");
  const draft = `${kept}.${process.pid}`;
  try {
    const data = script.createCachedData();
    const folder = dirname(kept);
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    await writeFile(draft, Buffer.concat([digestOf(data), data]), { mode: FILE_MODE });
    await rename(draft, kept);
    await forgetOld(folder);
  } catch {
    // The observer tells of an unwritable home.
    await rm(draft, { force: true }).catch(() => {});
  }
}

async function forgetOld(folder: string): Promise<void> {
  const { readdir, rm, stat } = process.getBuiltinModule("node:fs/promises");
  const paths = (await readdir(folder)).map((name) => join(folder, name));
  const ages = await Promise.all(
    paths.map(async (path) => ({ path, at: (await stat(path)).mtimeMs })),
  );
  const old = ages.toSorted((one, other) => other.at - one.at).slice(MAX_KEPT);
  for (const { path } of old) await rm(path, { force: true });
}

function digestOf(data: Buffer): Buffer {
  const { createHash } = process.getBuiltinModule("node:crypto");
  return createHash("sha256").update(data).digest();
}
