import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
let home: string;
let demo: ChildProcess;
let output = "";

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "caum-stays-up-"));
  // In a group of its own, so that it can be ended the way a terminal does it.
  demo = spawn(process.execPath, [join(root, "demo/main.ts")], {
    cwd: root,
    env: { ...process.env, HOME: home, CAUM_HOME: home },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  demo.stdout?.on("data", (chunk) => (output += chunk));
});
afterAll(() => {
  if (demo.exitCode === null) demo.kill("SIGKILL");
  rmSync(home, { recursive: true, force: true });
});

/** Resolves with what matches as soon as it is printed. */
async function printed(text: RegExp): Promise<string> {
  for (;;) {
    const found = text.exec(output)?.[1];
    if (found !== undefined) return found;
    if (demo.exitCode !== null) throw new Error(`it ended with ${demo.exitCode}: ${output}`);
    await once(demo.stdout ?? demo, "data");
  }
}

test("the printed link opens the dashboard on the agents at work; Ctrl-C ends it all", async () => {
  const link = new URL(await printed(/dashboard {2}(\S+)\n/));
  const signedIn = await fetch(new URL("/dashboard-api/sign-in", link), {
    method: "POST",
    headers: { "content-type": "application/json", origin: link.origin },
    body: JSON.stringify({ link: link.hash.replace("#link=", "") }),
  });
  expect(signedIn.status).toBe(200);
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";

  await printed(/(helper +2 )/);
  const answer = await fetch(new URL("/dashboard-api/sessions", link), { headers: { cookie } });
  // True of our own collector.
  const { sessions } = (await answer.json()) as { sessions: { session_id: string }[] };
  expect(sessions.map(({ session_id: id }) => id)).toContain("demo-helper");

  const ended = once(demo, "exit");
  process.kill(-(demo.pid ?? 0), "SIGINT");
  expect(await ended).toEqual([0, null]);
  expect(() => process.kill(-(demo.pid ?? 0), 0)).toThrow("ESRCH");
  expect(readdirSync(home)).toEqual([]);
});
