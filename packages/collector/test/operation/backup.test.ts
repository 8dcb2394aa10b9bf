import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseVerifierKey, verifyBundle } from "@caum/core/verify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { backUpFolder, backUpKeys, restoreFolder, startCollector } from "../../src/index.ts";
import { type Client, startClient } from "../client.ts";
import { isFolderStore } from "../store-choice.ts";

let client: Client;
let home: string;
const at = (...names: readonly string[]) => join(home, ...names);

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "caum-backup-"));
  client = await startClient({ data: at("data") });
});
afterAll(async () => {
  await client.stop();
  rmSync(home, { recursive: true, force: true });
});

const step = (session: string, number: number) =>
  client.post("/v1/step", { session_id: session, step: number, tool: "bash" });

test.skipIf(!isFolderStore)(
  "a backup of a busy collector is restored, verifies, and goes on with its keys",
  async () => {
    let acknowledged = 0;
    let isBusy = true;
    const posting = (async () => {
      for (let number = 1; isBusy; number++) {
        if ((await step("busy", number)).status === 200) acknowledged = number;
      }
    })();
    while (acknowledged < 20) await new Promise((resolve) => setTimeout(resolve, 5));
    const before = acknowledged;
    const backup = backUpFolder(at("data"), at("copy"), {});
    isBusy = false;
    await posting;
    backUpKeys(at("data"), at("keys"));
    expect(readdirSync(at("copy")).sort()).toEqual(["backup.json", "caum.db"]);
    expect(statSync(at("copy", "caum.db")).mode & 0o777).toBe(0o600);
    // The open record of the run comes before its steps.
    expect(backup.records).toBeGreaterThanOrEqual(before + 1);

    const restored = restoreFolder(at("copy"), at("keys"), at("again"), {});
    expect(restored).toEqual(backup);
    const again = await startCollector({ data: at("again"), port: 0 });
    expect(again.verifierKey).toBe(client.collector.verifierKey);
    const headers = { authorization: `Bearer ${again.apiKey}`, "content-type": "application/json" };
    const next = { session_id: "busy", step: 100_000, tool: "bash" };
    const more = await fetch(`${again.url}/v1/step`, {
      method: "POST",
      headers,
      body: JSON.stringify(next),
    });
    expect(more.status).toBe(200);
    const bundle = await fetch(`${again.url}/v1/session/busy/bundle`, { headers });
    writeFileSync(at("busy.tar"), Buffer.from(await bundle.arrayBuffer()));
    const verified = verifyBundle(at("busy.tar"), { keys: [parseVerifierKey(again.verifierKey)] });
    expect(verified).toMatchObject({ verdict: "ok-open", findings: [] });
    await again.close();
  },
);

test.skipIf(!isFolderStore)("what cannot be restored is refused, and nothing is left", async () => {
  await step("small", 1);
  backUpFolder(at("data"), at("good"), {});
  backUpKeys(at("data"), at("good-keys"));
  expect(() => backUpFolder(at("data"), at("good"), {})).toThrow("holds a backup already");
  expect(() => backUpFolder(at("nowhere"), at("x"), {})).toThrow("is no data folder");
  expect(() => restoreFolder(at("good"), at("good-keys"), at("data"), {})).toThrow("is not empty");

  const other = await startCollector({ data: at("other"), port: 0 });
  await other.close();
  const wrong = () => restoreFolder(at("good"), at("other", "keys"), at("target"), {});
  expect(wrong).toThrow("not those of the backup");

  mkdirSync(at("torn"));
  for (const name of ["caum.db", "backup.json"]) {
    writeFileSync(at("torn", name), readFileSync(at("good", name)));
  }
  truncateSync(at("torn", "caum.db"), 20_000);
  expect(() => restoreFolder(at("torn"), at("good-keys"), at("target"), {})).toThrow("is damaged");
  expect(readdirSync(home).filter((name) => name.startsWith("target"))).toEqual([]);
});
