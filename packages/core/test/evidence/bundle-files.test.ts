import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { tarEnd, tarHeader } from "../../src/evidence/bundle/tar.ts";
import { packBundle, writeBundle } from "../../src/evidence/bundle/write-bundle.ts";
import { parseVerifierKey } from "../../src/evidence/note/vkey.ts";
import { verifyBundle } from "../../src/evidence/verify/verify-bundle.ts";
import { COLLECTOR, goodBundle, newFolder } from "./bundles.ts";
import { hasPython, verifyWithPython } from "./python-verifier.ts";
import { hexOf } from "./records.ts";

const keys = [parseVerifierKey(COLLECTOR.vkey)];
const good = goodBundle();
const content = {
  notes: [good.files["checkpoints/4.note"] ?? "", good.files["checkpoints/12.note"] ?? ""],
  lines: good.lines,
  receipts: new Map([[6, good.files["receipts/6.json"] ?? ""]]),
};

/** A bundle on the disk and the archive of it. */
function exported(): { folder: string; archive: string } {
  const parent = newFolder();
  const folder = join(parent, "bundle");
  const archive = join(parent, "bundle.tar");
  packBundle(folder, writeBundle(folder, content), archive);
  return { folder, archive };
}

test("a bundle is the same as a folder and as an archive, and holds its own verifier", () => {
  const { folder, archive } = exported();
  const verification = verifyBundle(folder, { keys });
  expect(verification).toMatchObject({ verdict: "ok", records: 12, size: 12 });
  expect(verifyBundle(archive, { keys })).toEqual(verification);
  expect(readFileSync(join(folder, "verify.py"), "utf8")).toContain("def verify_ed25519");
  expect(readdirSync(folder).sort()).toEqual(
    ["checkpoints", "manifest.json", "receipts", "records.ndjson", "verify.py"].sort(),
  );
});

test("a bundle never replaces what is there", () => {
  const { folder, archive } = exported();
  expect(() => writeBundle(folder, content)).toThrow("EEXIST");
  expect(() => packBundle(folder, [], archive)).toThrow("EEXIST");
});

test("archives go through the system's tar in both directions", ({ skip }) => {
  if (spawnSync("tar", ["--version"]).status !== 0) skip("there is no tar on this machine");
  const { folder, archive } = exported();
  const again = join(newFolder(), "again.tar");
  execFileSync("tar", ["-C", folder, "-cf", again, "."]);
  expect(verifyBundle(again, { keys }).verdict).toBe("ok");
  const unpacked = newFolder();
  execFileSync("tar", ["-C", unpacked, "-xf", archive]);
  expect(verifyBundle(unpacked, { keys }).verdict).toBe("ok");
});

test.skipIf(!hasPython)("the verifier inside the bundle verifies the bundle it is in", () => {
  const { folder } = exported();
  const run = spawnSync("python3", [join(folder, "verify.py"), "--key", COLLECTOR.vkey], {
    encoding: "utf8",
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
  });
  expect(run.stderr).toBe("");
  expect(run.stdout).toContain("ok: 12 records in 2 runs");
  expect(run.status).toBe(0);
});

const padded = (text: string) => {
  const bytes = Buffer.from(text);
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
};
const entry = (name: string, text: string, type = "0", written = name) => {
  const header = tarHeader(name, Buffer.byteLength(text));
  header.write(type, 156, "latin1");
  header.fill(0, 0, 100).write(written, 0, "latin1");
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return Buffer.concat([header, padded(text)]);
};
const records = `${good.lines.join("\n")}\n`;
const rest = Object.entries(good.files).map(([name, text]) => entry(name, text));
const whole = [entry("records.ndjson", records), ...rest, tarEnd()];
const pax = (field: string) => `${field.length + 3 + (field.length > 6 ? 1 : 0)} ${field}\n`;

const hostile: [string, Buffer][] = [
  ["a name that leads out", Buffer.concat([entry("a", "x", "0", "../../evil"), ...whole])],
  [
    "a name that leads out in the middle",
    Buffer.concat([entry("a", "x", "0", "a/../../b"), ...whole]),
  ],
  ["an absolute name", Buffer.concat([entry("a", "x", "0", "/tmp/evil"), ...whole])],
  ["a name with a newline", Buffer.concat([entry("a", "x", "0", "a\nb"), ...whole])],
  ["a name with a backslash", Buffer.concat([entry("a", "x", "0", "..\\evil"), ...whole])],
  ["a symbolic link", Buffer.concat([entry("records.ndjson", "", "2"), ...rest, tarEnd()])],
  ["a hard link", Buffer.concat([entry("a", "", "1"), ...whole])],
  ["a device", Buffer.concat([entry("a", "", "3"), ...whole])],
  ["a name twice", Buffer.concat([entry("records.ndjson", "{}\n"), ...whole])],
  [
    "an extension that renames",
    Buffer.concat([entry("a", pax("path=records.ndjson"), "x"), ...whole]),
  ],
  [
    "an extension that renames after white space",
    Buffer.concat([entry("a", `${pax("mtime=1.5")} 24  path=records.ndjson\n`, "x"), ...whole]),
  ],
  [
    "an extension that renames behind another line",
    Buffer.concat([entry("a", "9 a=bcdef24 path=records.ndjson\n", "x"), ...whole]),
  ],
  ["an extension that is none", Buffer.concat([entry("a", "mtime\n", "x"), ...whole])],
  ["a global extension that renames", Buffer.concat([entry("a", pax("path=x"), "g"), ...whole])],
  ["a sparse file", Buffer.concat([entry("a", pax("GNU.sparse.size=9"), "x"), ...whole])],
  [
    "records in a folder's clothes",
    Buffer.concat([entry("records.ndjson", records, "0", "records.ndjson/"), ...rest, tarEnd()]),
  ],
  ["a long-name extension of GNU", Buffer.concat([entry("a", "x", "L"), ...whole])],
  ["a bad checksum", Buffer.concat(whole).fill(0x39, 148, 154)],
  ["a long name for an entry without one", Buffer.concat([entry("a", "x", "L", "./"), ...whole])],
  [
    "a folder in place of a file",
    Buffer.concat([...whole.slice(0, -1), entry("records.ndjson", "", "5"), tarEnd()]),
  ],
  ["a file in place of a folder", Buffer.concat([entry("checkpoints", "x"), ...whole])],
  ["a folder with content", Buffer.concat([entry("a", "x", "5"), ...whole])],
  ["no end", Buffer.concat(whole.slice(0, -1))],
  ["no end and half a file", Buffer.concat(whole).subarray(0, 2_000)],
  [
    "bytes behind what is compressed",
    Buffer.concat([gzipSync(Buffer.concat(whole)), Buffer.of(0)]),
  ],
  ["zeros only", Buffer.alloc(10_240)],
];

test.each(hostile)("an archive with %s is refused", (_what, bytes) => {
  const parent = newFolder();
  const path = join(parent, "bundle.tar");
  writeFileSync(path, bytes);
  const before = readdirSync(parent);
  const { verdict, findings } = verifyBundle(path, { keys });
  expect(verdict).toBe("malformed");
  expect(findings).toEqual([expect.objectContaining({ kind: "not_a_bundle" })]);
  expect(readdirSync(parent)).toEqual(before);
  expect(existsSync("/tmp/evil")).toBe(false);
  if (hasPython) {
    const [answer] = verifyWithPython([{ path, keys: [COLLECTOR.vkey] }]);
    expect(answer).toMatchObject({ verdict: "malformed", findings: [{ kind: "not_a_bundle" }] });
  }
});

test("extensions that rename nothing, folders and unknown files do no harm", () => {
  const path = join(newFolder(), "bundle.tar");
  const extra = [
    entry("a", pax("mtime=1.5"), "x"),
    entry("checkpoints", "", "5"),
    entry("._x", "x"),
  ];
  writeFileSync(path, Buffer.concat([...extra, ...whole]));
  expect(verifyBundle(path, { keys }).verdict).toBe("ok");
});

test.each([
  ["at the end", 16_384, "incomplete", "torn_line"],
  ["that is too long", 16_385, "malformed", "line_too_long"],
])("an unended line %s is told from a broken one", (_what, length, verdict, kind) => {
  const { folder } = exported();
  appendFileSync(join(folder, "records.ndjson"), "x".repeat(length));
  expect(verifyBundle(folder, { keys })).toMatchObject({
    verdict,
    findings: [{ kind, line: 13 }],
  });
});

test("a line that is not UTF-8 ends the reading, and is no record", () => {
  const { folder } = exported();
  writeFileSync(join(folder, "records.ndjson"), Buffer.from(`${good.lines[0]}\n\xe9\n`, "latin1"));
  const finding = { kind: "malformed_record", line: 2 };
  const expected = { verdict: "malformed", records: 1, findings: [finding] };
  expect(verifyBundle(folder, { keys })).toMatchObject(expected);
  if (!hasPython) return;
  expect(verifyWithPython([{ path: folder, keys: [COLLECTOR.vkey] }])).toMatchObject([expected]);
});

test("a long line is refused without being read into memory", () => {
  const { folder } = exported();
  truncateSync(join(folder, "records.ndjson"), 2 ** 31);
  const before = process.memoryUsage().arrayBuffers;
  expect(verifyBundle(folder, { keys }).verdict).toBe("malformed");
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 1024 * 1024);
});

test("more checkpoints than anybody needs are refused", () => {
  const { folder } = exported();
  for (let number = 0; number < 1_025; number += 1) {
    writeFileSync(join(folder, "checkpoints", `${hexOf(number, 12)}-${number}.note`), "");
  }
  expect(verifyBundle(folder, { keys }).findings).toMatchObject([{ kind: "not_a_bundle" }]);
});
