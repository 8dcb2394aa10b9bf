import type { KeyEntryAnswer } from "@caum/core/protocol";
import type { Command } from "commander";
import type { OperatorFlags } from "../../operator/operator-place.ts";
import { HERE, jsonOption, keyOption, urlOption } from "../../options/declare.ts";
import { orRefuse } from "../../options/refuse.ts";
import { printable } from "../../terminal/printable.ts";
import { say, sayJson } from "../../terminal/say.ts";
import { readSettings } from "../../up/settings.ts";

const FIRST = `
The first API key and the first admin key, as caum up printed them on its first start. The collector
may run or not; nothing is changed. One that was revoked stays revoked: with the other one, or with a
new data folder, you go on. Keys of accounts that registered are stored as hashes and cannot be shown.

examples:
  caum collector keys
  caum collector keys --data ./collector --json

exit codes: 0 printed, 2 there is no collector's key to read`;

const LIST = `
Keys are kept as hashes. The list shows the beginning of each key, what it may do, its label, when it was
made and by whom, when it expires, and the day on which it was last used.

examples:
  caum collector keys list
  caum collector keys list --data ./collector --json

exit codes: 0 listed, 2 the collector does not answer, or refuses`;

const ADD = `
The key is printed once, and can never be shown again. A program that records needs ingest, one that
reads sessions read; admin makes and revokes keys, and deletes.

examples:
  caum collector keys add
  caum collector keys add --label "build server" --scopes ingest --days 90 --json

exit codes: 0 made and printed, 2 it was not made`;

const REVOKE = `
It opens nothing from now on; other nodes of the same database forget it within seconds. Browsers that
signed in with it are signed out. To rotate a key, add one, set it where the old one is, and revoke that.

examples:
  caum collector keys revoke key_0123456789abcdef

exit codes: 0 revoked, 2 there is no such key, or the collector does not answer or refuses`;

export const ADMIN_FOLDER = "its data folder, for the first admin key (default: as for caum up)";

export function registerCollectorKeys(collector: Command): void {
  const keys = collector
    .command("keys")
    .description("the keys of a collector: show the first ones, list, add, revoke");
  keys
    .command("show", { isDefault: true })
    .description("print the first keys of a collector again; keys alone does it too")
    .option("--data <folder>", "its data folder (default: as for caum up)")
    .option("--database <url>", "its database; the keys come from CAUM_SIGNING_KEY then")
    .addOption(jsonOption())
    .addHelpText("after", FIRST)
    .action((flags: ShowFlags) => show(flags));
  asking(keys.command("list").description("list the keys of the account"), LIST).action(
    (flags: OperatorFlags) => list(flags),
  );
  asking(keys.command("add").description("make a key, and print it once"), ADD)
    .option("--scopes <list>", "what it may do, of ingest, read and admin", "ingest,read")
    .option("--label <text>", "what it is for")
    .option("--days <n>", "for how many days it opens something (default: for ever)")
    .action((flags: AddFlags) => add(flags));
  asking(keys.command("revoke").description("let a key open nothing any more"), REVOKE)
    .argument("<key-id>", "its id, as list shows it")
    .action((id: string, flags: OperatorFlags) => revoke(id, flags));
}

/** What every command has that asks a collector as its operator. */
export function asking(command: Command, about: string): Command {
  return command
    .addOption(urlOption(HERE))
    .addOption(keyOption(HERE))
    .option("--data <folder>", ADMIN_FOLDER)
    .addOption(jsonOption())
    .addHelpText("after", about);
}

/** Loaded by who asks: help needs none of it. */
export async function operator() {
  const { operatorPlace } = await import("../../operator/operator-place.ts");
  return { ...(await import("../../operator/account.ts")), operatorPlace };
}

interface ShowFlags {
  readonly json?: boolean;
}

function show({ json, ...flags }: ShowFlags): Promise<void> {
  return orRefuse("collector keys", async () => {
    const { homeOf } = await import("@caum/core/settings");
    const home = homeOf(undefined, process.env);
    const { readFirstKeys } = await import("@caum/collector");
    const { data, database } = readSettings({ flags, env: process.env, home }).settings;
    const found = readFirstKeys({ data, database, env: process.env });
    if (json) say(JSON.stringify(found));
    else say([`API key    ${found.apiKey}`, `admin key  ${found.adminKey}`]);
  });
}

function list(flags: OperatorFlags): Promise<void> {
  return orRefuse("collector keys list", async () => {
    const { listKeys, operatorPlace } = await operator();
    const keys = await listKeys(await operatorPlace(flags));
    if (flags.json) sayJson({ keys });
    else say(linesOf(keys));
  });
}

function linesOf(keys: readonly KeyEntryAnswer[]): readonly string[] {
  const makers = ["made by", ...keys.map(({ made_by: maker }) => makerWords(maker ?? null))];
  const width = Math.max(...makers.map((words) => words.length));
  const [head = "", ...words] = makers.map((maker) => maker.padEnd(width));
  return [
    `id                    made        used        expires     scopes              ${head}  key             label`,
    ...keys.map((key, at) => rowOf(key, words[at] ?? "")),
  ];
}

const LONGEST_MAKER = 24;

function makerWords(maker: KeyEntryAnswer["made_by"]): string {
  if (maker === null) return "not known";
  if (maker.kind === "first_start") return "first start";
  const name = printable(maker.label ?? maker.id ?? maker.kind, LONGEST_MAKER);
  return maker.kind === "key" ? `key ${name}` : name;
}

function rowOf(key: KeyEntryAnswer, maker: string): string {
  const { key_id: id, label, prefix, scopes, revoked } = key;
  const days = [dayOf(key.created_at), dayOf(key.last_used_at), dayOf(key.expires_at)].join("  ");
  const told = `${prefix}  ${revoked ? "revoked  " : ""}${label ?? ""}`.trimEnd();
  return `${id.padEnd(20)}  ${days}  ${scopes.join(",").padEnd(18)}  ${maker}  ${told}`;
}

function dayOf(time: string | null): string {
  return time === null ? "never     " : time.slice(0, "2026-01-01".length);
}

interface AddFlags extends OperatorFlags {
  readonly scopes: string;
  readonly label?: string;
  readonly days?: string;
}

function add(flags: AddFlags): Promise<void> {
  return orRefuse("collector keys add", async () => {
    const { addKey, operatorPlace } = await operator();
    const scopes = flags.scopes.split(",").map((scope) => scope.trim());
    const wish = { scopes, label: flags.label, expires_at: endOf(flags.days) };
    const made = await addKey(await operatorPlace(flags), wish);
    if (flags.json) sayJson(made);
    else say([`key  ${made.api_key}`, `id   ${made.key_id}, for ${made.scopes.join(", ")}`]);
  });
}

const DAY_MS = 86_400_000;

function endOf(days: string | undefined): string | undefined {
  if (days === undefined) return undefined;
  if (!/^[1-9]\d{0,4}$/.test(days)) throw new Error("--days takes a number of days from 1 on");
  return new Date(Date.now() + Number(days) * DAY_MS).toISOString();
}

function revoke(id: string, flags: OperatorFlags): Promise<void> {
  return orRefuse("collector keys revoke", async () => {
    const { operatorPlace, revokeKey } = await operator();
    await revokeKey(await operatorPlace(flags), id);
    if (flags.json) sayJson({ revoked: id });
    else say(`revoked ${id}`);
  });
}
