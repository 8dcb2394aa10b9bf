import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hasTool } from "../../../../test/has-tool.ts";
import { COLLECTOR, goodBundle, leavesOf, newFolder, STRANGER, written } from "./bundles.ts";

const PROTOCOL = new URL("../../../../docs/protocol.md", import.meta.url);
const script = /```sh\n([^`]*)```/.exec(readFileSync(PROTOCOL, "utf8"))?.[1] ?? "";
const hasTools = hasTool(
  ["sh", "-c", "openssl version && base64 --version"],
  "the commands of docs/protocol.md",
);

function byHand(key: string) {
  const bundle = written(goodBundle());
  return spawnSync("sh", ["-c", script], {
    cwd: newFolder(),
    encoding: "utf8",
    env: { ...process.env, BUNDLE: bundle, NOTE: join(bundle, "checkpoints", "12.note"), KEY: key },
  });
}

test.skipIf(!hasTools)("the commands of the protocol check a leaf and a checkpoint", () => {
  const { stdout } = byHand(COLLECTOR.vkey);
  expect(stdout).toContain(leavesOf(goodBundle().lines)[0]);
  expect(stdout).toContain("Signature Verified Successfully");
});

test.skipIf(!hasTools)("they refuse another key", () => {
  const other = STRANGER.vkey.split("+").at(-1);
  const forged = `${COLLECTOR.name}+00000000+${other}`;
  expect(byHand(forged).stdout).toContain("Signature Verification Failure");
});
