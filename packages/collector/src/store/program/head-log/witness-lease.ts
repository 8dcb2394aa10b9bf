/** Which node asks a witness: one at a time, so that nothing is sent twice. */
import type { CommandAnswer } from "../../command.ts";
import { type CommandOf, done } from "../../command-answers.ts";
import { change, type Program } from "../program.ts";

/** @returns 1 when the holder has it until then, 0 when another one has */
export function* leaseWitness(command: CommandOf<"lease_witness">): Program<CommandAnswer> {
  const { witness, holder, nowMs, untilMs } = command;
  const sql = `insert into witness_leases as held (witness, holder, until_ms) values ($1, $2, $3)
    on conflict (witness) do update set holder = excluded.holder, until_ms = excluded.until_ms
    where held.holder = excluded.holder or held.until_ms <= $4`;
  return done(yield* change("lease_witness", sql, [witness, holder, untilMs, nowMs]));
}
