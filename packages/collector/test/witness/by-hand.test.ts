/** A cosignature is checked by what docs/evidence.md says, with OpenSSL and a shell. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "@caum/core/collector";
import { expect, test } from "vitest";
import { startWitness } from "../../src/witness/witness.ts";
import { GrownLog, post } from "./grown-log.ts";

const DOCUMENT = join(import.meta.dirname, "../../../../docs/evidence.md");
const [, script = ""] =
  /^### Check a cosignature by hand$.*?^```sh\n(.*?)^```$/ms.exec(readFileSync(DOCUMENT, "utf8")) ??
  [];

function hasOpenSsl(): boolean {
  try {
    return /^OpenSSL [3-9]/.test(execFileSync("openssl", ["version"], { encoding: "utf8" }));
  } catch {
    return false;
  }
}

test.skipIf(!hasOpenSsl())(
  "OpenSSL verifies what a witness serves, and no other time",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "caum-by-hand-"));
    const log = new GrownLog().grow(5);
    const logs = [log.signer.vkey];
    const nowMs = 1_790_000_000_000;
    const witness = await startWitness({
      data: join(folder, "witness"),
      host: "127.0.0.1",
      port: 0,
      logs,
      clock: () => nowMs,
    });
    try {
      await post(witness.url, log.submission(0));
      const served = await fetch(`${witness.url}/${sha256(log.origin)}/checkpoint`);
      writeFileSync(join(folder, "head.note"), await served.text());
      const check = (vkey = witness.verifierKey) => {
        const env = { ...process.env, vkey };
        return execFileSync("sh", ["-c", script], {
          cwd: folder,
          env,
          encoding: "utf8",
          stdio: "pipe",
        });
      };
      expect(check()).toContain("Signature Verified Successfully");
      const message = readFileSync(join(folder, "message"), "utf8");
      expect(message).toBe(`cosignature/v1\ntime 1790000000\n${log.note().split("\n\n")[0]}\n`);
      const note = readFileSync(join(folder, "head.note"), "utf8");
      writeFileSync(join(folder, "head.note"), note.replace("\n5\n", "\n6\n"));
      expect(() => check()).toThrow();
    } finally {
      await witness.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
