/** `--timestamp` of a collector, with OpenSSL as the authority. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  isTimeStamped,
  parseVerifierKey,
  readTimeStamps,
  type Verification,
  verifyBundle,
} from "@caum/core/verify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readAuthorities } from "../../src/time-stamp/authority.ts";
import { checkTimeStamps } from "../../src/time-stamp/check-time-stamps.ts";
import { type Client, startClient } from "../client.ts";
import { hasOpenssl, OpensslAuthority, serveAuthority } from "./openssl-authority.ts";

const EVERY_MS = 50;

let authority: OpensslAuthority;
const folder = mkdtempSync(join(tmpdir(), "caum-stamped-"));
beforeAll(async () => {
  if (hasOpenssl) authority = await OpensslAuthority.open();
}, 30_000);
afterAll(() => {
  authority?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function work(client: Client, session: string, steps = 2): Promise<void> {
  for (let step = 1; step <= steps; step++) {
    const body = { session_id: session, step, tool: "bash" };
    expect((await client.post("/v1/step", body)).status).toBe(200);
  }
}

async function end(client: Client, session: string): Promise<void> {
  expect((await client.post(`/v1/session/${session}/end`, {})).status).toBe(200);
}

async function verified(client: Client, session: string): Promise<Verification> {
  const { url, verifierKey } = client.collector;
  const answer = await fetch(`${url}/v1/session/${session}/bundle`, { headers: client.key });
  const path = join(folder, `${session}.tar`);
  writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
  const authorities = readAuthorities(authority.root);
  const timeStamps = await checkTimeStamps(readTimeStamps(path), authorities);
  return verifyBundle(path, { keys: [parseVerifierKey(verifierKey)], timeStamps });
}

describe.skipIf(!hasOpenssl)("a collector with an authority", () => {
  test("has the head of each session that ends stamped once, and no other", async () => {
    const served = await serveAuthority((query) => authority.reply(query));
    const client = await startClient({ timestamp: served.url, timestampEveryMs: EVERY_MS });
    await work(client, "open");
    await work(client, "over");
    await end(client, "over");
    const isStamped = async (session: string) => {
      const { timeStamps, records } = await verified(client, session);
      return isTimeStamped(timeStamps, records);
    };
    await expect.poll(() => isStamped("over"), { timeout: 20_000 }).toBe(true);
    await work(client, "later");
    await end(client, "later");
    await expect.poll(() => isStamped("later"), { timeout: 20_000 }).toBe(true);
    expect(served.queries).toHaveLength(2);
    const open = await verified(client, "open");
    expect([open.verdict, open.timeStamps]).toEqual(["ok-open", []]);
    const over = await verified(client, "over");
    expect(over.verdict).toBe("ok");
    expect(over.proven).toMatch(/Z at the latest by Test signer; not proved: /);
    expect(over.timeStamps).toMatchObject([{ fault: null, timeFault: null, size: over.records }]);
    await client.stop();
    await served.close();
  }, 120_000);

  test("answers as fast without it, and asks again when it comes back", async () => {
    let isBack = false;
    const failures: string[] = [];
    const served = await serveAuthority((query) =>
      isBack ? authority.reply(query) : Buffer.from("not now"),
    );
    const client = await startClient({
      timestamp: served.url,
      timestampEveryMs: EVERY_MS,
      onFailure: (failure) => failures.push(failure.message),
    });
    await work(client, "patient");
    await end(client, "patient");
    await expect.poll(() => failures.length, { timeout: 20_000 }).toBeGreaterThan(1);
    expect(new Set(failures)).toEqual(new Set(["the authority answered with no time-stamp"]));
    expect((await verified(client, "patient")).timeStamps).toEqual([]);
    isBack = true;
    const stamps = async () => (await verified(client, "patient")).timeStamps.length;
    await expect.poll(stamps, { timeout: 20_000 }).toBe(1);
    await client.stop();
    await served.close();
  }, 120_000);
});
