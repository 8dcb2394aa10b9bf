/** Our own processes end when they are told to, whatever they are in the middle of. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  startCollectorCommand,
  startHttpProxy,
  startStdioProxy,
  terminate,
} from "./own-processes.ts";

/**
 * They are given 200 ms (measured by `npm run bench:report`). A collector that hangs is waited for
 * 10 s, so whoever is done before that has not waited for it, on a busy machine as well.
 */
const BEFORE_THE_UPLOAD_MS = 5_000;

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-ends-in-time-"));
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});

const spooledTools = () =>
  readdirSync(home, { recursive: true, encoding: "utf8" })
    .filter((name) => /\d{8}\.ndjson$/.test(name))
    .flatMap((name) => readFileSync(join(home, name), "utf8").trimEnd().split("\n"))
    .filter((line) => line.includes('"category":"tool_api"'));

test("the stdio proxy does not wait for its upload, and leaves what it recorded", async () => {
  const end = await terminate(await startStdioProxy(home));
  expect(end.signal).toBe("SIGTERM");
  expect(end.milliseconds).toBeLessThan(BEFORE_THE_UPLOAD_MS);
  expect(spooledTools()).toHaveLength(20);
});

test("the HTTP proxy does not wait for its upload, and leaves what it recorded", async () => {
  const end = await terminate(await startHttpProxy(home));
  expect(end.code).toBe(0);
  expect(end.milliseconds).toBeLessThan(BEFORE_THE_UPLOAD_MS);
  expect(spooledTools()).toHaveLength(20);
});

test("the collector does not wait for clients that keep their connection or never finish", async () => {
  const end = await terminate(await startCollectorCommand(home));
  expect(end.code).toBe(0);
  expect(end.milliseconds).toBeLessThan(BEFORE_THE_UPLOAD_MS);
});
