/** Commands, inside the transaction of their group. */
import { integer, type Row, text } from "../columns/columns.ts";
import type { Command, CommandAnswer } from "../command.ts";
import { type CommandOf, done } from "../command-answers.ts";
import { transactionsFor } from "../program/commands.ts";
import { type Program, rows } from "../program/program.ts";
import { bury } from "../program/session-commands.ts";
import type { SqliteLedger } from "./ingest/sqlite-ledger.ts";
import type { ProgramPlayer } from "./program-player.ts";

type Kinds = ReadonlySet<Command["kind"]>;
/** They read or forget what the ledger has changed in memory and not written yet. */
const NEED_SESSIONS: Kinds = new Set(["acknowledge", "delete_session", "purge"]);
/** After them sessions in memory may be gone. */
const END_SESSIONS: Kinds = new Set(["delete_session", "purge"]);
const CHANGE_RULES: Kinds = new Set([
  "add_rules",
  "delete_rule",
  "seal_rule",
  "rotate_rule_secret",
]);

/** Sessions of one step, so that no group waits long. */
const EXPIRED_AT_ONCE = 100;

export function obey(command: Command, player: ProgramPlayer, ledger: SqliteLedger): CommandAnswer {
  if (command.kind === "expire") return expire(command, player, ledger);
  if (NEED_SESSIONS.has(command.kind)) ledger.finish();
  const answer = player.playAll(transactionsFor(command));
  const hasChanged = answer.kind === "done" && answer.value > 0;
  if (hasChanged && END_SESSIONS.has(command.kind)) ledger.forget();
  if (CHANGE_RULES.has(command.kind)) ledger.alerts.forgetRules();
  return answer;
}

function expire(
  { tenant, idleSinceMs }: CommandOf<"expire">,
  player: ProgramPlayer,
  ledger: SqliteLedger,
): CommandAnswer {
  let buried = 0;
  for (const row of player.play(idleSessions(tenant, idleSinceMs))) {
    const session = ledger.session(tenant, text(row, "id"));
    if (session === undefined || session === "gone") continue;
    // The records can be judged no more, so their judgement is stored first.
    session.forgetStructure();
    ledger.saveJudgement(session);
    buried += player.play(bury(tenant, integer(row, "key")));
  }
  return done(buried);
}

function idleSessions(tenant: number, idleSinceMs: number): Program<readonly Row[]> {
  const sql = `select key, id from sessions where tenant = $1 and last_ms < $2 and gone = 0
    and buried < size limit ${EXPIRED_AT_ONCE}`;
  return rows("idle_sessions", sql, [tenant, idleSinceMs]);
}
