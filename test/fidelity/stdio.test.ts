import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { pseudoRandom, splitAt } from "./random-splits.ts";
import { MIXED_BYTES, STDIO_CHECKS } from "./stdio-checks.ts";
import { outcomeOf, RAW_SERVER, send, start, type Way } from "./stdio-party.ts";

const WAYS: readonly Way[] = ["proxy", "proxy without recording"];

async function run(way: Way, server: readonly string[], chunks: Iterable<Buffer>) {
  const child = start(way, [RAW_SERVER, ...server]);
  const outcome = outcomeOf(child);
  await send(child, chunks);
  return outcome;
}

describe.each(STDIO_CHECKS)("$name", (check) => {
  test("is the same through the proxy", async () => {
    const direct = await run("direct", check.server, check.send());
    expect(direct).toMatchObject({
      code: check.signal ? null : (check.code ?? 0),
      signal: check.signal ?? null,
      stderr: check.stderr ?? "",
    });
    for (const way of WAYS) {
      expect(await run(way, check.server, check.send()), way).toEqual(direct);
    }
  });
});

test("1,000 random splits arrive as they were sent", async () => {
  const random = pseudoRandom(20_261_121);
  const expected = createHash("sha256");
  const chunks: Buffer[] = [];
  for (let round = 0; round < 1_000; round++) {
    expected.update(MIXED_BYTES);
    chunks.push(...splitAt(MIXED_BYTES, random));
  }
  const outcome = await run("proxy", ["echo"], chunks);
  expect(outcome.stdoutLength).toBe(MIXED_BYTES.length * 1_000);
  expect(outcome.stdoutDigest).toBe(expected.digest("hex"));
});
