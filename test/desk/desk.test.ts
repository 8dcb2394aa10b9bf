/**
 * What a person at a desk does: one command, and the clients started anew. Everything from there to the
 * collector, the alert and the lists is looked at as it comes out at the other end.
 */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Outcome, TemporaryHome } from "../../packages/cli/test/install/temporary-home.ts";
import { RunningCollector } from "../../packages/cli/test/running-collector.ts";
import { type Receiver, startReceiver } from "../../packages/collector/test/alerts/receiver.ts";
import { chromiumPath, launch, signIn } from "../../packages/dashboard/test/page/chromium.ts";
import { openPage } from "../../packages/dashboard/test/page/open-page.ts";
import { DESK_CLIENTS } from "./clients.ts";
import { callTool } from "./wrapped-entry.ts";

const SERVER = new URL("../../packages/cli/test/launcher/fixtures/server.mjs", import.meta.url);
const CALLS = 12;
/** A busy machine is no slower than this. */
const PATIENCE_MS = 50_000;

vi.setConfig({ testTimeout: 120_000 });

const machine = new TemporaryHome();
let receiver: Receiver;
let collector: RunningCollector;
let before: Readonly<Record<string, string>>;
let installed: Outcome;

beforeAll(async () => {
  receiver = await startReceiver();
  collector = await RunningCollector.start(machine, "0", ["--allow-destination", receiver.place]);
  await ask("/v1/alerts", [
    { condition: "class=hard_alert", action_type: "webhook", destination: receiver.url },
  ]);
  for (const { path, text } of DESK_CLIENTS) {
    machine.write(join("u", path), text(process.execPath, SERVER.pathname));
  }
  before = machine.files();
  const key = { CAUM_API_KEY: collector.apiKey };
  installed = await machine.caum(["install", "--url", collector.url], key);
}, 60_000);
afterAll(async () => {
  await collector.stop();
  await receiver.close();
  machine.remove();
});

async function ask(path: string, body?: unknown): Promise<unknown> {
  const headers = {
    authorization: `Bearer ${collector.apiKey}`,
    "content-type": "application/json",
  };
  const method = body === undefined ? "GET" : "POST";
  const reply = await fetch(`${collector.url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(reply.status).toBeLessThan(300);
  return reply.json();
}

interface SeenSession {
  readonly session_id: string;
  readonly agent: string;
  readonly steps: number;
}

async function sessionOf(agent: string): Promise<SeenSession | undefined> {
  // The collector checks its answers against the schema of the door.
  const { sessions } = (await ask("/v1/sessions")) as { sessions: readonly SeenSession[] };
  return sessions.find((session) => JSON.stringify(session).includes(`"${agent}"`));
}

test("one command wraps the servers of all nine", () => {
  expect(installed).toMatchObject({ code: 0, stderr: "" });
  expect(installed.stdout).toContain("9 wrapped, 0 left alone");
  expect(installed.stdout).toContain("to take effect:");
});

test.each(DESK_CLIENTS)(
  "$name: from the words of its file to the collector and the alert",
  async ({ name, path, entryIn }) => {
    const entry = entryIn(machine.read(join("u", path)));
    await callTool(entry, machine, name, CALLS);
    await expect
      .poll(async () => (await sessionOf(name))?.steps, { timeout: PATIENCE_MS })
      .toBe(CALLS);
    const session = await sessionOf(name);
    const id = session?.session_id ?? "";
    const alerts = () => receiver.received.filter(({ body }) => JSON.parse(body).session_id === id);
    await expect.poll(alerts, { timeout: PATIENCE_MS }).toHaveLength(1);
    expect(JSON.parse(alerts()[0]?.body ?? "")).toMatchObject({
      event: "caum.advisory",
      regime: "LOOP",
      message: expect.stringMatching(/`echo` \d+ times/),
    });
  },
);

test("sessions, report and tail show a loop, and no doctor", async () => {
  const doctor = await machine.caum(["doctor", "--client", "trae"]);
  expect(doctor.stdout).toMatch(/^ok {7}way {8}a call went through/m);
  const id = (await sessionOf("Cline"))?.session_id ?? "";
  const [sessions, report, tail] = await Promise.all([
    machine.caum(["sessions"]),
    machine.caum(["report", id]),
    machine.caum(["tail", id, "--once"]),
  ]);
  expect(sessions.stdout).toContain(id.slice(0, 8));
  expect(sessions.stdout).not.toContain("caum-doctor");
  expect(report.stdout).toMatch(/echo/);
  expect(tail.stdout).toMatch(/LOOP/);
  for (const { code, stderr } of [sessions, report, tail])
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

test("the page and its list of sessions know of the loops", async () => {
  const page = await fetch(`${collector.url}/`);
  expect(page.status).toBe(200);
  const { sessions } = (await ask("/v1/sessions")) as { sessions: readonly object[] };
  expect(sessions.filter((session) => JSON.stringify(session).includes("LOOP"))).toHaveLength(9);
});

test.skipIf(chromiumPath === undefined)("a browser shows the session with its loop", async () => {
  const id = (await sessionOf("cursor-vscode"))?.session_id ?? "";
  const browser = await launch();
  try {
    const { page, problems } = await openPage(browser, collector.url);
    await signIn(page, collector.apiKey);
    const row = page.getByRole("row").filter({ hasText: id });
    await row.getByText("loop", { exact: true }).waitFor();
    await row.getByText("not acknowledged").waitFor();
    expect(await page.getByText("caum-doctor").count()).toBe(0);
    await page.goto(`/dashboard/${id}`);
    const loop = page.locator(".loop");
    await loop.getByText(/Cursor has called `echo` 12 times in a row/).waitFor();
    await loop.getByText("steps 1–12").waitFor();
    expect(problems).toEqual([]);
  } finally {
    await browser.close();
  }
});

test("uninstall gives back every byte of every file", async () => {
  const removed = await machine.caum(["uninstall"]);
  expect(removed.stdout).toContain("9 unwrapped");
  expect(machine.files()).toEqual(before);
});
