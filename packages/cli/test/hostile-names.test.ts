/** Names that strangers chose, in everything that every command prints. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createObserver } from "@caum/core";
import type { Command } from "commander";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createProgram } from "../src/program.ts";
import { TemporaryHome } from "./install/temporary-home.ts";
import { printedBy as printed } from "./printed-by.ts";
import { RunningCollector } from "./running-collector.ts";

/** Turns the direction, draws nothing, ends a line, hides a letter for models; also in two units. */
const SESSION = "a\u202eb\u200bc\u2028d\u2066e\u00adf\u{e0041}g\ufeffh";
/** Where control characters fit as well. */
const NAME = `${SESSION}\u001b[2J\u0007\u009b1m`;
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const ESCAPED = "a\\u202eb\\u200bc\\u2028d\\u2066e\\u00adf\\udb40\\udc41g\\ufeffh";
const SERVER = fileURLToPath(new URL("launcher/fixtures/server.mjs", import.meta.url));

let machine: TemporaryHome;
let collector: RunningCollector;
let trace = "";
let vkey = "";
beforeAll(async () => {
  machine = new TemporaryHome();
  collector = await RunningCollector.start(machine);
  await recordWith({ upstream: { url: collector.url, apiKey: collector.apiKey } });
  await recordWith({ upstream: false });
  const servers = { [NAME]: { command: process.execPath, args: [SERVER] } };
  machine.write("u/.cursor/mcp.json", JSON.stringify({ mcpServers: servers }));
  writeFileSync(join(machine.caumHome, "hooks.json"), hookTallies());
  const blind = JSON.stringify({ at: 1, part: NAME });
  writeFileSync(join(machine.caumHome, "blind.ndjson"), `${blind}\n`);
  const event = { session_id: NAME, step: 1, tool: NAME, status: NAME, [NAME]: 1 };
  trace = machine.write(`project/${SESSION}.ndjson`, `${JSON.stringify(event)}\n{\n`);
  vkey = (await printedBy(["keys"], machine.env)).trim();
}, 60_000);
afterAll(async () => {
  await collector?.stop();
  machine.remove();
});

async function recordWith(to: { readonly upstream: false | { url: string; apiKey: string } }) {
  const names = { agentId: SESSION, agentName: SESSION, team: SESSION, workflow: SESSION };
  const writer = { writer: "test", writerVersion: "1", layer: "framework", view: "full" } as const;
  const observer = createObserver({ home: machine.caumHome, env: {}, ...writer, ...names, ...to });
  for (let call = 0; call < 6; call++) {
    for (const session of [SESSION, `${SESSION}2`]) {
      observer.observe(session, { tool: NAME, arguments: { of: 1 }, status: "error" });
    }
  }
  await observer.close();
}

function hookTallies(): string {
  const tally = { lastAt: 0, events: { Stop: 1 }, notUnderstood: { [NAME]: 1 } };
  return JSON.stringify({ [NAME]: tally });
}

const run = () => `${machine.caumHome}/runs/${readdirSync(join(machine.caumHome, "runs"))[0]}`;
const nobody = `http://127.0.0.1:1/${SESSION}`;
const local = ["--local"];

const READS_INPUT = ["hook", "mcp"];

/** Each with whether the name is in what it prints. */
const CASES: readonly (readonly [string, () => readonly string[], "shown" | "not shown"])[] = [
  ["up", () => ["up", "--print-config", "--data", NAME], "shown"],
  ["up", () => ["up", "--print-config", "--json", "--data", NAME], "shown"],
  ["up", () => ["up", "--port", NAME], "not shown"],
  ["collector keys", () => ["collector", "keys", "--data", NAME], "shown"],
  ["collector keys show", () => ["collector", "keys", "show", "--data", NAME], "shown"],
  ["collector keys list", () => asOperator("keys", "list"), "not shown"],
  ["collector keys add", () => asOperator("keys", "add", "--scopes", NAME), "not shown"],
  ["collector keys revoke", () => asOperator("keys", "revoke", NAME), "not shown"],
  ["collector retention", () => asOperator("retention", NAME), "not shown"],
  ["collector usage", () => ["collector", "usage"], "not shown"],
  ["collector usage", () => ["collector", "usage", "--data", NAME], "shown"],
  ["collector pack", () => ["collector", "pack", SESSION, "--out", out()], "not shown"],
  ["collector pack", () => ["collector", "pack", NAME, "--out", NAME], "not shown"],
  ["collector backup", () => ["collector", "backup", "--data", NAME, "--to", NAME], "shown"],
  ["collector restore", () => restoring(), "shown"],
  ["install", () => ["install", "--dry-run"], "shown"],
  ["install", () => ["install", "--dry-run", "--json"], "shown"],
  ["install", () => ["install", "--client", NAME], "shown"],
  ["uninstall", () => ["uninstall", "--client", NAME], "shown"],
  ["status", () => ["status"], "shown"],
  ["status", () => ["status", "--json"], "shown"],
  ["doctor", () => ["doctor"], "shown"],
  ["doctor", () => ["doctor", "--json"], "shown"],
  ["show-wire", () => wiring(), "shown"],
  ["show-wire", () => [...wiring().slice(0, 1), "--json", ...wiring().slice(1)], "shown"],
  ["hook", () => ["hook", NAME, "--event", NAME], "not shown"],
  ["hook drain", () => ["hook", "drain"], "not shown"],
  ["tail", () => ["tail", "--once", ...local], "shown"],
  ["tail", () => ["tail", "--once", "--json", ...local], "shown"],
  ["tail", () => ["tail", "--once"], "shown"],
  ["sessions", () => ["sessions", ...local], "shown"],
  ["sessions", () => ["sessions"], "shown"],
  ["sessions", () => ["sessions", "--json"], "shown"],
  ["report", () => ["report", SESSION, ...local], "shown"],
  ["report", () => ["report", SESSION], "shown"],
  ["report", () => ["report", NAME], "not shown"],
  ["acknowledge", () => ["acknowledge", SESSION, "--by", SESSION, ...local], "shown"],
  ["acknowledge", () => ["acknowledge", SESSION, "--by", "ada"], "shown"],
  ["gate", () => ["gate", "--candidate", "runs:", "--fail-on", "loop,error"], "shown"],
  ["gate", () => ["gate", "--candidate", "since=1d", "--fail-on", "error"], "shown"],
  ["gate", () => ["gate", "--candidate", "runs:", "--fail-on", "error", "--json"], "shown"],
  [
    "gate",
    () => ["gate", "--candidate", "runs:", "--fail-on", "error", "--format", "sarif"],
    "shown",
  ],
  [
    "gate",
    () => ["gate", "--candidate", "runs:", "--fail-on", "error", "--format", "junit"],
    "shown",
  ],
  ["gate", () => gating("markdown"), "not shown"],
  ["gate", () => ["gate", "--candidate", NAME], "not shown"],
  ["gate", () => ["gate", "--candidate", NAME, "--fail-on", "loop"], "shown"],
  ["stats", () => ["stats", "runs:"], "not shown"],
  ["stats", () => ["stats", "runs:", "--json"], "not shown"],
  ["stats", () => ["stats", NAME], "shown"],
  ["compare", () => ["compare", SESSION, `${SESSION}2`, ...local], "shown"],
  ["compare", () => ["compare", SESSION, `${SESSION}2`], "shown"],
  ["compare", () => ["compare", "runs:", "since=1d", "--json"], "not shown"],
  ["compare", () => ["compare", SESSION, SESSION, "--json"], "shown"],
  ["compare", () => ["compare", SESSION, `x=${NAME}`], "shown"],
  ["similar", () => ["similar", SESSION, ...local], "shown"],
  ["similar", () => ["similar", SESSION], "shown"],
  ["similar", () => ["similar", SESSION, "--json"], "shown"],
  ["similar", () => ["similar", NAME], "not shown"],
  ["workflows", () => ["workflows", NAME], "not shown"],
  ["workflows", () => ["workflows", "tickets", "--days", NAME], "not shown"],
  ["baseline", () => ["baseline", NAME, "--latest"], "not shown"],
  ["baseline", () => ["baseline", "tickets", "--cohort", NAME, "--json"], "not shown"],
  ["mcp", () => ["mcp"], "shown"],
  ["smoke", () => ["smoke", "--url", nobody, "--key", "k"], "shown"],
  ["validate", () => ["validate", "--url", nobody, "--key", "k"], "shown"],
  ["lookback", () => ["lookback", NAME], "shown"],
  ["import", () => ["import", NAME], "shown"],
  ["check", () => ["check", trace], "shown"],
  ["check", () => ["check", "--json", trace], "shown"],
  ["check", () => ["check", "--predictions", trace], "shown"],
  ["export", () => ["export", SESSION, "--out", out()], "shown"],
  ["export", () => ["export", "no", "--out", out()], "shown"],
  ["verify", () => verifying(), "shown"],
  ["verify", () => ["verify", NAME, "--key", vkey], "shown"],
  ["timestamp", () => ["timestamp", NAME, "--authority", nobody], "shown"],
  ["timestamp", () => ["timestamp", run(), "--authority", nobody], "not shown"],
  ["disclose", () => ["disclose", SESSION], "not shown"],
  ["disclose", () => ["disclose", NAME], "not shown"],
  ["attest", () => ["attest", NAME, "--key", vkey, "--out", NAME], "shown"],
  ["witness", () => ["witness", "--log", NAME], "not shown"],
  ["keys print", () => ["keys", "--home", NAME], "shown"],
  ["keys rotate", () => ["keys", "rotate", "--home", NAME], "shown"],
  ["flush", () => ["flush", "--url", nobody, "--key", NAME], "not shown"],
  ["flush", () => ["flush", "--dry-run", "--json", "--url", nobody, "--key", "k"], "not shown"],
  ["completion", () => ["completion", NAME], "not shown"],
  ["prune", () => ["prune", "--older", NAME], "shown"],
  ["migrate", () => ["migrate", "--dry-run", "--from", NAME], "shown"],
  ["", () => [NAME], "shown"],
  ["", () => [`--${NAME}`], "shown"],
];

const out = () => join(machine.project, SESSION);
const asOperator = (...words: readonly string[]) => [
  "collector",
  ...words,
  "--data",
  join(machine.caumHome, "collector"),
];
const restoring = () => ["collector", "restore", "--from", NAME, "--keys", NAME, "--data", NAME];
// Node's own reader of lines ends one at U+2028, and the server reads with it.
const tool = NAME.replace("\u2028", "");
const wiring = () => [
  "show-wire",
  "--call",
  `${tool}={"a":"${tool.slice(0, 8)}"}`,
  "--",
  ...server,
];
const server = [process.execPath, SERVER];

const gating = (form: string) => [
  ...["gate", "--candidate", "runs:", "--fail-on", "error", "--format", form],
];
const verifying = () => ["verify", run(), "--key", vkey];

test("there is a case for every command", async () => {
  const named = (command: Command, before = ""): readonly string[] => {
    const name = `${before}${command.name()}`;
    return [name, ...command.commands.flatMap((inner) => named(inner, `${name} `))];
  };
  const names = (await createProgram()).commands.flatMap((command) => named(command));
  const known = new Set(CASES.map(([name]) => name));
  // They only hold others.
  expect(names.filter((name) => !known.has(name))).toEqual(["collector", "keys"]);
});

test.each(CASES)("caum %s shows what is in a name", async (name, words, isShown) => {
  const env = { CAUM_URL: collector.url, CAUM_API_KEY: collector.apiKey };
  const seen = READS_INPUT.includes(name)
    ? await machine.caum(words(), env, conversation()).then(({ stdout, stderr }) => stdout + stderr)
    : await printedBy(words(), { ...machine.env, ...env });
  expect(seen.replaceAll("\n", "").match(UNSEEN)).toBeNull();
  expect([seen, seen.includes("\\u202e")]).toEqual([seen, isShown === "shown"]);
});

const printedBy = async (words: readonly string[], env: Readonly<Record<string, string>>) =>
  (await printed(words, env)).seen;

function conversation(): string {
  const clientInfo = { name: "t", version: "1" };
  const hello = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
  const messages = [
    { id: 1, method: "initialize", params: hello },
    { method: "notifications/initialized" },
    { id: 2, method: "tools/call", params: { name: "sessions", arguments: {} } },
  ];
  return messages.map((message) => `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`).join("");
}

test("nothing is printed past the one function that escapes", () => {
  const source = fileURLToPath(new URL("../src", import.meta.url));
  const files = readdirSync(source, { recursive: true, encoding: "utf8" });
  const printing = files
    .filter((file) => file.endsWith(".ts"))
    .filter((file) =>
      /console\.|std(?:out|err)\.write/.test(readFileSync(join(source, file), "utf8")),
    );
  expect(printing.sort()).toEqual([
    // An answer for a client, in JSON that holds labels alone.
    "commands/machine/hook.ts",
    // Programs that we start, and that speak to us.
    "doctor/sample-server.ts",
    "launcher/node-facts.ts",
    "terminal/say.ts",
  ]);
});

test("a name is the same text again when its escapes are read", async () => {
  const printed = await printedBy(["sessions", "--json", ...local], machine.env);
  expect(printed).toContain(ESCAPED);
  const shown: readonly { readonly session_id: string }[] = JSON.parse(printed);
  expect(shown.map(({ session_id }) => session_id)).toContain(SESSION);
});
