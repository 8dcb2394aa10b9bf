/** The whole way: an agent whose trial ends while it works, and what becomes of its records. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { loadWriterKey } from "@caum/core/machine";
import { parseVerifierKey, verifyBundle } from "@caum/core/verify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Client, startClient } from "../client.ts";
import { type Account, DAY_MS, machineClocks, register, tell } from "./account.ts";
import {
  completedCheckout,
  type StripeStandIn,
  startStripe,
  stripeEvent,
} from "./stripe-stand-in.ts";

let folder: string;
let machine: ReturnType<typeof machineClocks>;
let stripe: StripeStandIn;
let client: Client;
let account: Account;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "caum-agent-"));
  machine = machineClocks();
  stripe = await startStripe(machine.clock);
  const { clock, uptime } = machine;
  client = await startClient({ trialDays: 14, clock, uptime, env: stripe.env });
  account = await register(client);
});

afterEach(async () => {
  await client.stop();
  await stripe.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Said {
  readonly told: readonly unknown[];
  readonly sent: { readonly spooled: number; readonly rejected: number; readonly dropped: number };
  readonly problems: readonly string[];
}

interface Agent {
  work(from: number, to: number): Promise<Said>;
  end(): Promise<void>;
}

/** Starts an agent; without an upstream it is what the others are compared with. */
function agent(name: "home" | "control"): Agent {
  const upstream = name === "control" ? [] : [client.collector.url, account.apiKey];
  const script = join(import.meta.dirname, "agent-process.ts");
  const child = spawn(
    process.execPath,
    ["--conditions=@caum/source", script, join(folder, name), ...upstream],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async work(from, to) {
      child.stdin.write(`${JSON.stringify({ from, to })}\n`);
      const answer = await answers.next();
      if (answer.done) throw new Error("the agent ended");
      return JSON.parse(answer.value);
    },
    async end() {
      const ended = once(child, "exit");
      child.stdin.end();
      expect(await ended).toEqual([0, null]);
    },
  };
}

async function upgrade(): Promise<void> {
  const created = Math.floor(machine.wallMs / 1_000);
  const paid = completedCheckout(account.id);
  await tell(client, stripeEvent("checkout.session.completed", paid, { created }), machine.wallMs);
}

/** The session as an auditor gets it: exported, verified offline, its tools in their order. */
async function exported() {
  const url = `${client.collector.url}/v1/session/s/bundle`;
  const answer = await fetch(url, { headers: account.key });
  const path = join(folder, "bundle.tar");
  writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
  const keys = [client.collector.verifierKey, loadWriterKey({ home: join(folder, "home") }).vkey];
  const { verdict } = verifyBundle(path, { keys: keys.map(parseVerifierKey) });
  const page = await client.get("/v1/session/s?limit=100", account.key);
  const records = page.body.steps.map(({ record }: { record: unknown }) => record);
  const tools = records.flatMap((record: { category: string; payload: { toolName: string } }) =>
    record.category === "tool_api" ? [record.payload.toolName] : [],
  );
  return { verdict, tools };
}

test("an agent works on after its trial, and after the upgrade each record arrives once", async () => {
  const names = (to: number) => Array.from({ length: to }, (_, at) => `tool-${at}`);
  const control = agent("control");
  const alone = await control.work(0, 60);
  await control.end();

  const worker = agent("home");
  const before = await worker.work(0, 20);
  expect(before).toMatchObject({ sent: { spooled: 0, dropped: 0 }, problems: [] });
  machine.wait(14 * DAY_MS);
  const { told, sent, problems } = await worker.work(20, 60);
  expect([...before.told, ...told]).toEqual(alone.told);
  expect(sent).toMatchObject({ rejected: 0, dropped: 0 });
  expect(sent.spooled).toBeGreaterThanOrEqual(40);
  expect(problems).toEqual(["payment_required"]);
  await worker.end();
  expect((await exported()).tools).toEqual(names(20));

  const early = agent("home");
  expect((await early.work(60, 65)).sent).toMatchObject({ rejected: 0, dropped: 0 });
  await early.end();
  expect((await exported()).tools).toEqual(names(20));

  await upgrade();
  const late = agent("home");
  await late.work(65, 70);
  await expect.poll(async () => (await exported()).tools.length, { timeout: 20_000 }).toBe(70);
  await late.end();
  const { verdict, tools } = await exported();
  expect(tools.toSorted(byNumber)).toEqual(names(70));
  expect(verdict).toBe("ok-open");
  const usage = await account.usage();
  expect(usage).toMatchObject({ plan: "paid", dropped_events: 0, sessions: 1, steps: 70 });
});

function byNumber(one: string, other: string): number {
  return Number(one.slice("tool-".length)) - Number(other.slice("tool-".length));
}
