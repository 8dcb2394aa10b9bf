/** What happens around the bytes: ends, signals, slow readers, surroundings. */
import { spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import {
  outcomeOf,
  RAW_SERVER,
  RELAY,
  RELAY_NODE,
  start,
  temporaryHome,
  until,
  type Way,
} from "./stdio-party.ts";

const WAYS: readonly Way[] = ["direct", "proxy"];

describe.each(WAYS)("%s", (way) => {
  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("%s reaches the server", async (signal) => {
    const child = start(way, [RAW_SERVER, "on-signal"]);
    const outcome = outcomeOf(child);
    await until(child, "ready");
    child.kill(signal);
    expect(await outcome).toMatchObject({ code: 9, stdoutLength: `ready\n${signal}\n`.length });
  });

  test("the client sees the end of the output before the exit", async () => {
    const child = start(way, [RAW_SERVER, "half-close", "400"]);
    const outcome = outcomeOf(child);
    await new Promise((resolve) => child.stdout?.on("end", resolve));
    expect(child.exitCode).toBeNull();
    expect(await outcome).toMatchObject({ code: 5, stdoutLength: "last words\n".length });
  });

  test("a client that stops reading stops the server, not the other direction", async () => {
    const child = start(way, [RAW_SERVER, "echo"]);
    child.stdout?.pause();
    let accepted = 0;
    const chunk = Buffer.alloc(1024 * 1024, "x");
    // What pipes and streams hold between the three is far below this.
    while (accepted < 64 && child.stdin?.write(chunk)) accepted++;
    const isStalled = await Promise.race([
      new Promise((resolve) => child.stdin?.once("drain", () => resolve(false))),
      sleep(300, true),
    ]);
    expect(isStalled).toBe(true);
    const outcome = outcomeOf(child);
    child.stdin?.end();
    child.stdout?.resume();
    expect((await outcome).stdoutLength % chunk.length).toBe(0);
  });

  test("folder, words and environment are those of the client", async () => {
    const theirs = Object.entries(process.env).filter(([name]) => !name.startsWith("CAUM_"));
    const clean = { ...Object.fromEntries(theirs), X_KEPT: "kept" };
    const ours = way === "direct" ? {} : { CAUM_SESSION_ID: "s-1", CAUM_AGENT_ID: "a" };
    const child = start(way, [RAW_SERVER, "surroundings", "--home", "-- x", ""], {
      env: { ...clean, ...ours },
    });
    const told = JSON.parse(await until(child, "\n"));
    expect(told).toEqual({
      ours: [],
      cwd: process.cwd(),
      words: ["--home", "-- x", ""],
      x: "kept",
    });
  });
});

test("when the proxy is killed the server sees the end of its input", async () => {
  const mark = join(temporaryHome(), "mark");
  const child = start("proxy", [RAW_SERVER, "note-end", mark]);
  await until(child, "ready");
  child.kill("SIGKILL");
  // The file is there before its text is.
  const marked = () => existsSync(mark) && readFileSync(mark, "utf8");
  while (!marked()) await sleep(10);
  expect(marked()).toBe("ended");
});

test("a process that the server left behind does not keep the proxy", async () => {
  const child = start("proxy", [RAW_SERVER, "leave-behind"]);
  expect(await outcomeOf(child)).toMatchObject({ code: 6, stdoutLength: "bye\n".length });
});

test("a client that reads slowly gets everything, also after the server is gone", async () => {
  const child = start("proxy", [RAW_SERVER, "exit-after", String(8 * 1024 * 1024)]);
  child.stdout?.pause();
  await sleep(1_500);
  const outcome = outcomeOf(child);
  child.stdout?.resume();
  expect(await outcome).toMatchObject({ code: 0, stdoutLength: 8 * 1024 * 1024 });
});

test("what a slow reader holds up is not changed while it waits", async () => {
  const child = start("proxy", [RAW_SERVER, "echo"]);
  const sent = randomBytes(24 * 1024 * 1024);
  const digest = createHash("sha256");
  const outcome = new Promise((resolve) => child.on("close", resolve));
  child.stdout?.on("data", (chunk: Buffer) => {
    digest.update(chunk);
    child.stdout?.pause();
    setImmediate(() => child.stdout?.resume());
  });
  child.stdin?.end(sent);
  await outcome;
  expect(digest.digest("hex")).toBe(createHash("sha256").update(sent).digest("hex"));
});

test("stdin and stdout may be files", () => {
  const folder = temporaryHome();
  const [input, output] = [join(folder, "in"), join(folder, "out")];
  const sent = randomBytes(3 * 1024 * 1024);
  writeFileSync(input, sent);
  const stdio = [openSync(input, "r"), openSync(output, "w"), "inherit"] as const;
  const words = [RELAY, "--home", folder, "--", process.execPath, RAW_SERVER, "echo"];
  const { status } = spawnSync(RELAY_NODE, words, { stdio: [...stdio] });
  expect(status).toBe(0);
  expect(readFileSync(output).equals(sent)).toBe(true);
});

test("a server that cannot be started is one line and exit code 127", async () => {
  const child = spawn(RELAY_NODE, [RELAY, "--", "/nonexistent/server"], { stdio: "pipe" });
  const outcome = await outcomeOf(child);
  expect(outcome).toMatchObject({ code: 127, stdoutLength: 0 });
  expect(outcome.stderr).toBe("caum-mcp-proxy: cannot start /nonexistent/server: ENOENT\n");
});
