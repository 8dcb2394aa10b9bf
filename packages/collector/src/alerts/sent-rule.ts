/** A rule as it is posted, checked before it is kept. */
import { randomBytes } from "node:crypto";
import {
  CONDITION_FORMS,
  ConditionError,
  formatCondition,
  parseCondition,
} from "@caum/core/conditions";
import { type alertRule, DEFAULT_COOLDOWN_SECONDS } from "@caum/core/protocol";
import type { z } from "zod";
import type { AlertRule } from "../rows/alert-rows.ts";
import { THIS_MACHINE } from "../rows/mask-destination.ts";
import type { Alerts } from "./alerts.ts";
import { DestinationError } from "./guard/destination.ts";
import { HOW_TO_CONFIGURE } from "./send/mailer.ts";

export type SentRule = z.output<typeof alertRule>;

/** Why a rule is refused: which of its fields, and what to do. */
export class RuleError extends Error {
  override readonly name = "RuleError";
  readonly field: keyof SentRule;

  constructor(field: keyof SentRule, message: string) {
    super(message);
    this.field = field;
  }
}

const HOW_TO_JOIN =
  "join them by and, or, and limit them by agent=NAME, workflow=NAME or server=NAME";

/** Two addresses, a name or a second header line are no address. */
const ADDRESS =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$/;

/**
 * Reads one rule. A destination whose name has no address at the moment is taken: every attempt asks
 * again, and sends nothing where the answer leads inside.
 *
 * @throws {RuleError}
 */
export async function readRule(
  sent: SentRule,
  alerts: Alerts,
  { tenant, createdMs }: { readonly tenant: number; readonly createdMs: number },
): Promise<AlertRule> {
  const {
    action_type: actionType,
    cooldown_seconds = DEFAULT_COOLDOWN_SECONDS,
    dwell_steps: dwellSteps = 0,
  } = sent;
  const id = `rule_${randomBytes(12).toString("hex")}`;
  return {
    id,
    condition: readCondition(sent.condition),
    actionType,
    destination: alerts.seal.seal(id, await readDestination(sent, alerts, tenant)),
    cooldownMs: cooldown_seconds * 1_000,
    dwellSteps,
    secretVersion: 1,
    secretRotatedMs: undefined,
    createdMs,
  };
}

async function readDestination(
  { action_type: actionType, destination }: SentRule,
  { guard, canMail, desktopTenant }: Alerts,
  tenant: number,
): Promise<string> {
  if (actionType === "desktop") {
    if (desktopTenant === tenant) return THIS_MACHINE;
    const why =
      "the desktop is for the collector's own account, and on unless --no-desktop is given";
    throw new RuleError("action_type", why);
  }
  if (destination === undefined) throw new RuleError("destination", "destination is missing");
  if (actionType !== "email") return readUrl(destination, guard);
  if (canMail) return readAddress(destination);
  throw new RuleError("action_type", `e-mail is not configured: ${HOW_TO_CONFIGURE}`);
}

function readCondition(text: string): string {
  try {
    const condition = formatCondition(parseCondition(text));
    // Written the one way it may have become longer than what is read.
    parseCondition(condition);
    return condition;
  } catch (failure) {
    if (!(failure instanceof ConditionError)) throw failure;
    const { message } = failure;
    const forms = CONDITION_FORMS.join(", ");
    const told = message.includes(forms) ? "" : `; conditions are ${forms}`;
    throw new RuleError("condition", `${message}${told}; ${HOW_TO_JOIN}`);
  }
}

function readAddress(text: string): string {
  if (ADDRESS.test(text)) return text;
  throw new RuleError("destination", "destination must be one e-mail address, without a name");
}

async function readUrl(text: string, guard: Alerts["guard"]): Promise<string> {
  try {
    const { href } = guard.read(text);
    await guard.check(href);
    return href;
  } catch (failure) {
    if (!(failure instanceof DestinationError)) throw failure;
    if (failure.fault !== "unresolved") throw new RuleError("destination", failure.message);
    return guard.read(text).href;
  }
}
