import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { FileSlice, paddedLength, tarEnd, tarHeader } from "@caum/core/collector";
import { listTar, type Slice } from "@caum/core/verify/rules";

const COPY_BYTES = 64 * 1024;
const RECORDS = /^(?:[^/]+\/)?records\.ndjson$/;

/**
 * Adds a file to a bundle: to its folder, or to a .tar, which is written anew beside the old one and
 * then takes its place.
 *
 * @throws {Error} when the bundle is in another form, or cannot be written
 */
export function addToBundle(bundle: string, name: string, bytes: Uint8Array): void {
  if (statSync(bundle).isDirectory()) {
    const path = join(bundle, name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, bytes, { flag: "wx", mode: 0o600 });
    return;
  }
  if (!bundle.endsWith(".tar"))
    throw new Error("only a folder or a .tar can be added to: unpack it");
  const files = listTar(new FileSlice(bundle, statSync(bundle).size));
  const records = [...files.keys()].find((file) => RECORDS.test(file)) ?? "";
  const whole = `${records.slice(0, -"records.ndjson".length)}${name}`;
  if (files.has(whole)) throw new Error(`${whole} is there already`);
  const beside = `${bundle}.part`;
  if (existsSync(beside)) throw new Error(`${beside} is in the way: remove it`);
  try {
    write(beside, files, whole, bytes);
    renameSync(beside, bundle);
  } catch (problem) {
    rmSync(beside, { force: true });
    throw problem;
  }
}

function write(
  path: string,
  files: ReadonlyMap<string, Slice>,
  added: string,
  bytes: Uint8Array,
): void {
  const file = openSync(path, "wx", 0o600);
  const entry = (name: string, byteLength: number, copy: () => void) => {
    writeSync(file, tarHeader(name, byteLength));
    copy();
    writeSync(file, Buffer.alloc(paddedLength(byteLength) - byteLength));
  };
  try {
    for (const [name, slice] of files) entry(name, slice.byteLength, () => copySlice(slice, file));
    entry(added, bytes.length, () => writeSync(file, bytes));
    writeSync(file, tarEnd());
  } finally {
    closeSync(file);
  }
}

function copySlice(slice: Slice, file: number): void {
  const reader = slice.open();
  const part = Buffer.alloc(COPY_BYTES);
  for (let length = reader.read(part); length > 0; length = reader.read(part)) {
    writeSync(file, part, 0, length);
  }
  reader.close();
}
