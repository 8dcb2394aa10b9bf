/** The rule by which whoever runs the collector is told without any set-up. */
import { DEFAULT_COOLDOWN_SECONDS, MAX_ALERT_RULES } from "@caum/core/protocol";
import type { AlertRule } from "../rows/alert-rows.ts";
import { THIS_MACHINE } from "../rows/mask-destination.ts";
import type { Store } from "../store/store.ts";

/** One for each collector, so that it is found again. */
const RULE_ID = "rule_desktop";
const CONDITION = "class=hard_alert";

/** Makes the rule when it is wanted, and takes it away when it is not. */
export async function keepDesktopRule(
  store: Store,
  tenant: number,
  { isWanted, nowMs }: { readonly isWanted: boolean; readonly nowMs: number },
): Promise<void> {
  const isThere = (await store.reader.alertRules(tenant)).some(({ id }) => id === RULE_ID);
  if (isWanted === isThere) return;
  if (!isWanted) {
    await store.administer({ kind: "delete_rule", tenant, id: RULE_ID, nowMs });
    return;
  }
  const rules = [desktopRule(nowMs)];
  // An account with as many rules as it may have was set up by somebody who knows how.
  await store.administer({ kind: "add_rules", tenant, rules, max: MAX_ALERT_RULES });
}

function desktopRule(createdMs: number): AlertRule {
  return {
    id: RULE_ID,
    condition: CONDITION,
    actionType: "desktop",
    destination: THIS_MACHINE,
    cooldownMs: DEFAULT_COOLDOWN_SECONDS * 1_000,
    dwellSteps: 0,
    secretVersion: 1,
    secretRotatedMs: undefined,
    createdMs,
  };
}
