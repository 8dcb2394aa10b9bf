/** Commands, inside the transaction of their group. */
import type { Command, CommandAnswer } from "../command.ts";
import { done } from "../command-answers.ts";
import { transactionsFor } from "../program/commands.ts";
import type { EventSweep } from "./event-sweep.ts";
import type { SqliteLedger } from "./ingest/sqlite-ledger.ts";
import type { ProgramPlayer } from "./program-player.ts";

type Kinds = ReadonlySet<Command["kind"]>;
/** They read or forget what the ledger has changed in memory and not written yet. */
const NEED_SESSIONS: Kinds = new Set([
  "acknowledge",
  "compact",
  "delete_session",
  "expire",
  "purge",
]);
/** After them sessions in memory may be gone, or cut. */
const END_SESSIONS: Kinds = new Set(["delete_session", "expire", "purge"]);
const CHANGE_RULES: Kinds = new Set([
  "add_rules",
  "delete_rule",
  "seal_rule",
  "rotate_rule_secret",
]);

interface CommandParts {
  readonly player: ProgramPlayer;
  readonly ledger: SqliteLedger;
  readonly sweep: EventSweep;
}

export function obey(command: Command, { player, ledger, sweep }: CommandParts): CommandAnswer {
  if (NEED_SESSIONS.has(command.kind)) ledger.finish();
  const answer = player.playAll(transactionsFor(command));
  const hasChanged = answer.kind === "done" && answer.value > 0;
  if (hasChanged && END_SESSIONS.has(command.kind)) ledger.forget();
  if (CHANGE_RULES.has(command.kind)) ledger.alerts.forgetRules();
  if (command.kind !== "expire") return answer;
  if (hasChanged) sweep.begin();
  // When nothing is left to be buried, their ids go; until they are gone it is not over.
  else if (sweep.step()) return done(1);
  return answer;
}
