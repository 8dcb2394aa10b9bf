/** What is done for each command. */
import type { Command, CommandAnswer } from "../command.ts";
import {
  addKeyRow,
  addSignIn,
  createTenant,
  noteKeyUses,
  removeSignIn,
  revokeKey,
  setRetention,
} from "./account-commands.ts";
import { obeyAlertCommand } from "./alert-commands.ts";
import { applyBilling, saveCheckout, saveServiceClock } from "./billing.ts";
import { appendHeads, keepCosignatures } from "./head-log/log-commands.ts";
import { leaseWitness } from "./head-log/witness-lease.ts";
import { obeyMemberCommand } from "./members/member-commands.ts";
import { expireMemory } from "./memory/expire-days.ts";
import { saveMemory } from "./memory/memory-commands.ts";
import {
  acknowledgeGroup,
  commentGroup,
  deleteView,
  muteGroup,
  saveView,
} from "./overview/group-commands.ts";
import { saveOverview } from "./overview/overview-commands.ts";
import { type Program, type Scope, type Transactions, transact } from "./program.ts";
import { purge } from "./purge.ts";
import { compact } from "./records/compact.ts";
import { obeySessionCommand } from "./session-commands.ts";
import { countUsage } from "./usage.ts";

export function transactionsFor(command: Command): Transactions<CommandAnswer> {
  if (command.kind === "purge") return purge(command);
  if (command.kind === "compact") return compact(command);
  if (command.kind === "expire_memory") {
    return transact({ tenant: command.tenant }, () => expireMemory(command));
  }
  return transact(scopeOf(command), () => programOf(command));
}

type OneTransaction = Exclude<Command, { kind: "purge" | "compact" | "expire_memory" }>;

/** Whose rows a command may touch. */
function scopeOf(command: OneTransaction): Scope {
  switch (command.kind) {
    case "create_tenant":
    case "save_service_clock":
    case "lease_witness":
      return { everyone: "directory" };
    case "expire_alerts":
      return { everyone: "all" };
    case "remove_sign_in":
      return { secret: command.hash };
    case "add_alert":
      return { tenant: command.alert.tenant };
    default:
      return { tenant: command.tenant };
  }
}

function programOf(command: OneTransaction): Program<CommandAnswer> {
  switch (command.kind) {
    case "create_tenant":
      return createTenant(command);
    case "add_key":
      return addKeyRow(command);
    case "note_key_uses":
      return noteKeyUses(command);
    case "revoke_key":
      return revokeKey(command);
    case "set_retention":
      return setRetention(command);
    case "add_sign_in":
      return addSignIn(command);
    case "remove_sign_in":
      return removeSignIn(command);
    case "invite_member":
    case "renew_invitation":
    case "open_invitation":
    case "sign_in_member":
    case "admit_member":
    case "set_member_role":
    case "remove_member":
    case "see_member":
      return obeyMemberCommand(command);
    case "lease_witness":
      return leaseWitness(command);
    case "append_heads":
      return appendHeads(command);
    case "keep_cosignatures":
      return keepCosignatures(command);
    case "save_memory":
      return saveMemory(command);
    case "save_overview":
      return saveOverview(command);
    case "acknowledge_group":
      return acknowledgeGroup(command);
    case "mute_group":
      return muteGroup(command);
    case "comment_group":
      return commentGroup(command);
    case "save_view":
      return saveView(command);
    case "delete_view":
      return deleteView(command);
    case "save_note":
    case "save_time_stamp":
    case "acknowledge":
    case "delete_session":
    case "expire":
      return obeySessionCommand(command);
    case "count_usage":
    case "save_service_clock":
    case "save_checkout":
    case "apply_billing":
      return programOfBilling(command);
    default:
      return obeyAlertCommand(command);
  }
}

type BillingKind = "count_usage" | "save_service_clock" | "save_checkout" | "apply_billing";

function programOfBilling(
  command: Extract<OneTransaction, { kind: BillingKind }>,
): Program<CommandAnswer> {
  switch (command.kind) {
    case "count_usage":
      return countUsage(command);
    case "save_service_clock":
      return saveServiceClock(command);
    case "save_checkout":
      return saveCheckout(command);
    default:
      return applyBilling(command);
  }
}
