import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { loadRootKey } from "@caum/core/machine";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DestinationSeal } from "../../src/alerts/destination-seal.ts";
import { startCollector } from "../../src/index.ts";
import { maskDestination } from "../../src/rows/mask-destination.ts";

const PATH = "T0CANARY/B0CANARY/SecretOfTheChannel";
const SLACK = `https://hooks.slack.com/services/${PATH}`;

let home: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "caum-seal-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const rootOf = (name: string) => loadRootKey({ home: join(home, name), env: {} });

async function withRules<T>(
  data: string,
  use: (ask: (method: string, body?: object) => Promise<T>) => Promise<T>,
): Promise<T> {
  const collector = await startCollector({
    data,
    port: 0,
    alerts: { resolve: async () => ["93.184.215.14"] },
  });
  const headers = {
    authorization: `Bearer ${collector.apiKey}`,
    "content-type": "application/json",
  };
  const answered = await use(async (method, body) => {
    const sent = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    return (await fetch(`${collector.url}/v1/alerts`, sent)).json() as Promise<T>;
  });
  await collector.close();
  return answered;
}

function filesHold(folder: string, needle: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true });
  return names
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
    .filter((path) => readFileSync(path).includes(needle));
}

const RULE = { condition: "class=hard_alert", action_type: "slack", destination: SLACK };

test("a destination is opened by its collector and rule alone, and shown masked without a key", () => {
  const seal = new DestinationSeal(rootOf("one"));
  const stored = seal.seal("rule_1", SLACK);
  expect(stored).not.toContain(PATH);
  expect(maskDestination(stored)).toBe(maskDestination(SLACK));
  expect(seal.open({ id: "rule_1", destination: stored })).toBe(SLACK);
  expect(seal.open({ id: "rule_2", destination: stored })).toBeUndefined();
  const other = new DestinationSeal(rootOf("other"));
  expect(other.open({ id: "rule_1", destination: stored })).toBeUndefined();
  const changed = stored.replace(/:[^:]{4}/, ":AAAA");
  expect(seal.open({ id: "rule_1", destination: changed })).toBeUndefined();
});

test("no file of the data folder holds where alerts go; the same rule is still one", async () => {
  const data = join(home, "fresh");
  const rules = await withRules<{ rules: object[] }>(data, async (ask) => {
    await ask("POST", RULE);
    await ask("POST", RULE);
    expect(filesHold(data, PATH)).toEqual([]);
    return ask("GET");
  });
  expect(rules.rules).toMatchObject([{ destination: "https://hooks.slack.com/..." }]);
  expect(filesHold(data, PATH)).toEqual([]);
});

test("what a program before this one stored in clear is encrypted at the next start", async () => {
  const data = join(home, "old");
  await withRules(data, (ask) => ask("POST", RULE));
  const database = new DatabaseSync(join(data, "caum.db"));
  database.prepare("update alert_rules set destination = ?").run(SLACK);
  database.close();
  expect(filesHold(data, PATH)).not.toEqual([]);
  const { rules } = await withRules<{ rules: object[] }>(data, (ask) => ask("GET"));
  expect(rules).toMatchObject([{ destination: "https://hooks.slack.com/..." }]);
  expect(filesHold(data, PATH)).toEqual([]);
});
