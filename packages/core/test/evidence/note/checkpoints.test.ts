/** Checkpoints and the origins in them: each form, and what is of none. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  formatCheckpoint,
  logKeyNameOf,
  logOriginOf,
  parseCheckpoint,
  parseOrigin,
  parseSize,
} from "../../../src/evidence/note/checkpoint.ts";
import {
  logOrigin,
  runOrigin,
  sessionOrigin,
  sessionTag,
} from "../../../src/evidence/note/origin.ts";
import { hexOf } from "../records.ts";
import { told } from "../told.ts";

const base64 = (length: number) => Buffer.alloc(length, 1).toString("base64");
const ROOT = Buffer.from(hexOf(1, 64), "hex").toString("base64");
const NO_CHECKPOINT = "invalid_checkpoint: not a checkpoint: expected origin, size and root";

test.each<[string, string, object | string]>([
  ["three lines", `o\n1\n${ROOT}\n`, { origin: "o", size: 1, root: hexOf(1, 64) }],
  [
    "lines of its own",
    `o\n1\n${ROOT}\nmore\nand more\n`,
    { origin: "o", size: 1, root: hexOf(1, 64) },
  ],
  ["an empty line of its own", `o\n1\n${ROOT}\n\nmore\n`, NO_CHECKPOINT],
  ["no newline at its end", `o\n1\n${ROOT}`, NO_CHECKPOINT],
  ["no newline behind its own lines", `o\n1\n${ROOT}\nmore`, NO_CHECKPOINT],
  ["an empty line at its end", `o\n1\n${ROOT}\n\n`, NO_CHECKPOINT],
  ["no origin", `\n1\n${ROOT}\n`, NO_CHECKPOINT],
  ["no size", `o\n\n${ROOT}\n`, NO_CHECKPOINT],
  ["no root", "o\n1\n\n", NO_CHECKPOINT],
  ["a root of 31 bytes", `o\n1\n${base64(31)}\n`, NO_CHECKPOINT],
  ["a root of 33 bytes", `o\n1\n${base64(33)}\n`, NO_CHECKPOINT],
  ["a root that is no base64", `o\n1\n${ROOT.replace("=", "")}\n`, NO_CHECKPOINT],
  ["one line", "o\n", NO_CHECKPOINT],
  ["nothing", "", NO_CHECKPOINT],
])("a checkpoint of %s", (_what, text, expected) => {
  expect(told(() => parseCheckpoint(text))).toEqual(expected);
});

test("a size is a decimal number up to 2^53 - 1", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (size) => {
      expect(parseSize(String(size))).toBe(size);
      const text = formatCheckpoint({ origin: "o", size, root: hexOf(2, 64) });
      expect(parseCheckpoint(text)).toEqual({ origin: "o", size, root: hexOf(2, 64) });
    }),
  );
  expect(parseSize("9007199254740991")).toBe(2 ** 53 - 1);
  const none = [
    "",
    "00",
    "01",
    "-1",
    "+1",
    "1.0",
    "1e3",
    " 1",
    "1 ",
    "x",
    "0x1",
    "9007199254740992",
    "10000000000000000",
  ];
  for (const text of none) expect(parseSize(text)).toBeUndefined();
});

const TENANT = "01J9ZQ4M7C3T8V5X2R6N1B0KDE";
const TAG = "0a".repeat(16);
const RUN = "0b".repeat(16);
const session = { kind: "session", keyName: "k.example/c", sessionTag: TAG };
const run = { kind: "run", keyName: "k.example/c", sessionTag: TAG, runId: RUN };

test.each<[string, object | undefined]>([
  [`k.example/c/${TENANT}/${TAG}`, session],
  [`k.example/c/run/${TAG}/${RUN}`, run],
  [`k.example/c/${TENANT}/log`, undefined],
  [`/${TENANT}/${TAG}`, undefined],
  [`k.example/c/${TENANT}x/${TAG}`, undefined],
  [`k.example/c/${TENANT.slice(1)}/${TAG}`, undefined],
  [`k.example/c/${TENANT.toLowerCase()}/${TAG}`, undefined],
  [`k.example/c/${TENANT.replace("J", "I")}/${TAG}`, undefined],
  [`k.example/c/${TENANT}/${TAG.slice(1)}`, undefined],
  [`k.example/c/${TENANT}/${TAG}0`, undefined],
  [`k.example/c/${TENANT}/${TAG.toUpperCase()}`, undefined],
  [`k.example/c/${TENANT}/${TAG}\n`, undefined],
  [`k.example\n/c/${TENANT}/${TAG}`, undefined],
  [`/run/${TAG}/${RUN}`, undefined],
  [`k.example/c/run/${TAG}/${RUN}0`, undefined],
  [`k.example/c/run/${TAG}0/${RUN}`, undefined],
  [`k.example/c/runs/${TAG}/${RUN}`, undefined],
  [`k.example\n/c/run/${TAG}/${RUN}`, undefined],
])("the origin %j names its tree", (origin, expected) => {
  expect(parseOrigin(origin)).toEqual(expected);
});

test("the log of a session is its collector's, and is named by its origin", () => {
  const tag = sessionTag("s-1");
  expect(tag).toMatch(/^[0-9a-f]{32}$/);
  const origin = sessionOrigin("k.example/c", TENANT, "s-1");
  expect(origin).toBe(`k.example/c/${TENANT}/${tag}`);
  expect(runOrigin("k.example/c", "s-1", RUN)).toBe(`k.example/c/run/${tag}/${RUN}`);
  expect(logOrigin("k.example/c", TENANT)).toBe(`k.example/c/${TENANT}/log`);
  expect(logOriginOf(origin)).toBe(logOrigin("k.example/c", TENANT));
  expect(logOriginOf(runOrigin("k.example/c", "s-1", RUN))).toBeUndefined();
  expect(logOriginOf("else")).toBeUndefined();
  expect(logKeyNameOf(logOrigin("k.example/c", TENANT))).toBe("k.example/c");
  for (const other of [
    origin,
    `/${TENANT}/log`,
    `k/${TENANT}/logs`,
    `k/${TENANT}x/log`,
    `k\n/${TENANT}/log`,
    `k/${TENANT}/log/x`,
  ]) {
    expect(logKeyNameOf(other)).toBeUndefined();
  }
});
