/** One good bundle in every kind of archive, and archives that no verifier may read. */
import { gzipSync } from "node:zlib";
import { goodBundle } from "../bundles.ts";
import { paxField, type TarFile, tarEntry, tarOf, type ZipFile, zipOf } from "./archives.ts";

export interface ArchiveCase {
  readonly name: string;
  readonly bytes: Buffer;
  readonly verdict: "ok" | "malformed";
}

const good = goodBundle();
const records = good.lines.map((line) => `${line}\n`).join("");
const files = [
  { name: "records.ndjson", text: records },
  ...Object.entries(good.files).map(([name, text]) => ({ name, text })),
];
const inFolder = (folder: string) => files.map((file) => ({ ...file, name: folder + file.name }));
const tar = tarOf(files);
const gzip = gzipSync(tar);
const stored = files.map((file) => ({ ...file, isStored: true }));
const first = (change: Partial<ZipFile>) =>
  zipOf(files.map((file, at) => (at === 0 ? { ...file, ...change } : file)));
const plus = (...more: readonly TarFile[]) => tarOf([...more, ...files]);
const zipPlus = (...more: readonly ZipFile[]) => zipOf([...more, ...files]);
/** A gzip with a name, a comment and a field of its own in front. */
const dressed = Buffer.concat([
  gzip.subarray(0, 3),
  Buffer.of(4 + 8 + 16),
  gzip.subarray(4, 10),
  Buffer.from("\x02\x00ab" + "bundle.tar\0" + "a comment\0", "latin1"),
  gzip.subarray(10),
]);
const changed = (bytes: Buffer, at: number) => {
  const other = Buffer.from(bytes);
  other[at < 0 ? other.length + at : at]! ^= 1;
  return other;
};

const GOOD: Readonly<Record<string, Buffer>> = {
  "a tar of the files": tar,
  "a tar with ./ before the names": tarOf(inFolder("./")),
  "a tar of the folder": tarOf(inFolder("bundle/")),
  "a tar of the folder, with ./ and folder entries": tarOf([
    { name: "", text: "", type: "5", written: "./" },
    { name: "", text: "", type: "5", written: "./bundle/" },
    { name: "", text: "", type: "5", written: "./bundle/checkpoints/" },
    ...inFolder("./bundle/"),
  ]),
  "a tar of the folder beside what a desktop adds": tarOf([
    { name: "._bundle", text: "x" },
    ...inFolder("bundle/"),
  ]),
  "a tar with pax comments and times": plus(
    { name: "pax_global_header", text: paxField("comment=made by hand"), type: "g" },
    { name: "x", text: paxField("mtime=1790000000.5"), type: "x" },
  ),
  "a tar.gz of the files": gzip,
  "a tar.gz of the folder": gzipSync(tarOf(inFolder("bundle/"))),
  "a tar.gz with a name and a comment in front": dressed,
  "a zip of the files": zipOf(files),
  "a zip of the folder": zipOf([
    { name: "bundle/", text: "", isStored: true },
    ...inFolder("bundle/"),
  ]),
  "a zip of the folder beside what a desktop adds": zipOf([
    { name: "__MACOSX/._bundle", text: "x" },
    ...inFolder("bundle/"),
  ]),
  "a zip that is not compressed": zipOf(stored),
  "a zip whose sizes follow the bytes": zipOf(files.map((file) => ({ ...file, flags: 8 }))),
  "a zip with modes of Unix": zipOf(files.map((file) => ({ ...file, mode: 0o100644 }))),
  "a zip with a comment at its end": zipOf(files, "exported by hand"),
};

const BAD: Readonly<Record<string, Buffer>> = {
  "a tar with a name twice": plus({ name: "records.ndjson", text: "{}\n" }),
  "a tar with a name twice, once dressed": plus({ name: "./records.ndjson", text: "{}\n" }),
  "a tar with a name twice, once dressed inside": plus({
    name: "checkpoints/.//4.note",
    text: "x",
  }),
  "a tar with two folders that hold records": tarOf([...inFolder("a/"), ...inFolder("b/")]),
  "a tar with records two folders down": tarOf(inFolder("a/b/")),
  "a tar with a name that leads out": plus({ name: "../../evil", text: "x" }),
  "a tar with an absolute name": plus({ name: "/etc/evil", text: "x" }),
  "a tar with a link": plus({ name: "a", text: "", type: "2" }),
  "a tar with a file for a folder": plus({ name: "checkpoints", text: "x" }),
  "a tar with an extension that renames": plus({
    name: "a",
    text: paxField("path=records.ndjson"),
    type: "x",
  }),
  "a tar with a long name of GNU": plus({ name: "a", text: "x", type: "L" }),
  "a tar cut short": tar.subarray(0, 4_096),
  "a tar without its end": tar.subarray(0, -1_024),
  "a tar with another checksum": changed(tar, 148),
  "a tar.gz cut short": gzip.subarray(0, gzip.length >> 1),
  "a tar.gz without its last byte": gzip.subarray(0, -1),
  "a tar.gz with another checksum": changed(gzip, -8),
  "a tar.gz with another length": changed(gzip, -4),
  "a tar.gz with bytes behind it": Buffer.concat([gzip, Buffer.of(0)]),
  "two gzips, one behind the other": Buffer.concat([gzip, gzip]),
  "a gzip of something else": gzipSync("hello\n".repeat(400)),
  "a gzip that says it is longer than memory": (() => {
    const bytes = Buffer.from(gzip);
    bytes.writeUInt32LE(268_435_457, bytes.length - 4);
    return bytes;
  })(),
  "a gzip of a gzip": gzipSync(gzip),
  "a gzip that gives more than it says": (() => {
    const bytes = gzipSync(Buffer.alloc(4_194_304));
    bytes.writeUInt32LE(2_048, bytes.length - 4);
    return bytes;
  })(),
  "a gzip of an unknown method": changed(gzip, 2),
  "a gzip's first bytes": gzip.subarray(0, 3),
  "a zip with a name twice": zipPlus({ name: "records.ndjson", text: "{}\n" }),
  "a zip with a name twice, once dressed": zipPlus({ name: "./records.ndjson", text: "{}\n" }),
  "a zip with a name that leads out": zipPlus({ name: "../evil", text: "x" }),
  "a zip with a backslash in a name": zipPlus({ name: "..\\evil", text: "x" }),
  "a zip with a link": zipPlus({ name: "a", text: "/etc/passwd", mode: 0o120777 }),
  "a zip with a folder that has content": zipPlus({ name: "a/", text: "x" }),
  "a zip with a file for a folder": zipPlus({ name: "checkpoints", text: "x" }),
  "a zip that is encrypted": first({ flags: 1 }),
  "a zip of an unknown method": first({ method: 12 }),
  "a zip with another checksum": first({ crc: 1 }),
  "a zip that says less than it gives": first({ byteLength: 100 }),
  "a zip that says more than it gives": first({ byteLength: records.length + 1 }),
  "a zip that says it is longer than memory": first({ byteLength: 268_435_457 }),
  "a zip of many sizes": first({ byteLength: 0xffffffff }),
  "a zip whose list names another file": first({ localName: "recordz.ndjson" }),
  "a zip with bytes in front": first({ before: "x" }),
  "a zip with bytes between its files": first({ after: "PK" }),
  "a zip with a hidden file in front": Buffer.concat([
    zipOf([{ name: "records.ndjson", text: "{}\n" }]).subarray(0, 52),
    zipOf(files),
  ]),
  "a zip that counts wrongly": zipOf(files, "", files.length + 1),
  "a zip cut short": zipOf(files).subarray(0, -1),
  "a zip with bytes behind it": Buffer.concat([zipOf(files), Buffer.of(0)]),
  "a zip's first bytes": zipOf(files).subarray(0, 30),
  "a zip of nothing": zipOf([]),
  "a zip without records": zipOf(files.slice(1)),
  nothing: Buffer.alloc(0),
  "one byte": Buffer.of(0x1f),
  "zeros only": Buffer.alloc(10_240),
  "a text": Buffer.from("hello\n".repeat(500)),
  "a header that is cut": tarEntry({ name: "records.ndjson", text: records }).subarray(0, 300),
};

const casesOf = (bytes: Readonly<Record<string, Buffer>>, verdict: ArchiveCase["verdict"]) =>
  Object.entries(bytes).map(([name, one]): ArchiveCase => ({ name, bytes: one, verdict }));

export const ARCHIVES: readonly ArchiveCase[] = [
  ...casesOf(GOOD, "ok"),
  ...casesOf(BAD, "malformed"),
];
