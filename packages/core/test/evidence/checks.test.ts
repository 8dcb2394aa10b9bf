import { join } from "node:path";
import { expect, test } from "vitest";
import { parseVerifierKey } from "../../src/evidence/note/vkey.ts";
import { verifyBundle } from "../../src/evidence/verify/verify-bundle.ts";
import { COLLECTOR, goodBundle, newFolder, written } from "./bundles.ts";
import { signerOf } from "./records.ts";

const keys = [parseVerifierKey(COLLECTOR.vkey)];
const good = goodBundle();

function checked(path: string): string[] {
  const { checks } = verifyBundle(path, { keys });
  return checks.map(({ name, holds }) => `${name} ${holds}`);
}

test("every question is put to a whole bundle", () => {
  expect(checked(written(good))).toEqual([
    "form true",
    "order true",
    "tree true",
    "signatures true",
    "receipts true",
    "forks true",
  ]);
});

test("what is no bundle is not said to hold anything", () => {
  const folder = newFolder();
  expect(checked(folder)).toEqual(["form false"]);
  expect(verifyBundle(folder, { keys }).notProven).toEqual([
    "anything: it could not be read to its end",
  ]);
  expect(checked(written({ lines: [], files: good.files }))).toEqual([
    "form false",
    "signatures true",
  ]);
});

test("where reading stops, nothing is said about what was not read", () => {
  const broken = written({ ...good, lines: good.lines.with(5, "{}") });
  expect(checked(broken)).toEqual(["form false", "signatures true"]);
  const twice = written({ ...good, lines: good.lines.toSpliced(5, 0, good.lines[4] ?? "") });
  expect(checked(twice)).toEqual(["order false", "signatures true"]);
  expect(checked(join(broken, "records.ndjson"))).toEqual(["form false"]);
});

test("a chain of which nothing is signed has a form, and nothing else holds", () => {
  const unsigned = written({ lines: good.lines, files: {} });
  expect(checked(unsigned)).toEqual(["form true", "signatures false"]);
  expect(verifyBundle(unsigned, { keys })).toMatchObject({
    verdict: "untrusted",
    notProven: ["anything: nobody whose key was given has signed a record of it"],
  });
  // Signed, but by somebody whom the auditor did not name.
  const other = parseVerifierKey(signerOf("another.example/caum").vkey);
  const names = verifyBundle(written(good), { keys: [other] }).checks.map(({ name }) => name);
  expect(names).toEqual(["form", "signatures"]);
  // What fails is said all the same.
  const lines = good.lines.with(4, good.lines[3] ?? "");
  expect(checked(written({ lines, files: {} }))).toEqual(["order false", "signatures false"]);
});
