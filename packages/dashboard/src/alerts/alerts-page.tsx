import { useCallback, useEffect, useState } from "preact/hooks";
import {
  type AlertRule,
  deleteRule,
  type FiredAlert,
  listAlerts,
  listRules,
  replayAlert,
  testRule,
} from "../server/alerts.ts";
import { Deliveries } from "./deliveries.tsx";
import { RuleForm } from "./rule-form.tsx";

const REFRESH_MS = 5_000;

/** Who is told what, and whether it arrived. */
export function AlertsPage() {
  const [rules, setRules] = useState<readonly AlertRule[]>();
  const [alerts, setAlerts] = useState<readonly FiredAlert[]>([]);
  const [failure, setFailure] = useState<string>();
  const load = useCallback(async () => {
    try {
      const [nowRules, nowAlerts] = await Promise.all([listRules(), listAlerts()]);
      setRules(nowRules);
      setAlerts(nowAlerts);
      setFailure(undefined);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : "alerts cannot be read");
    }
  }, []);
  useEffect(() => {
    void load();
    const timer = setInterval(load, REFRESH_MS);
    return () => clearInterval(timer);
  }, [load]);
  const act = (action: Promise<unknown>) =>
    action.catch((error: Error) => setFailure(error.message)).then(load);
  return (
    <main aria-busy={rules === undefined}>
      <h1>Alerts</h1>
      {failure !== undefined && (
        <div class="panel padded bad" role="alert">
          {failure}
        </div>
      )}
      <RuleForm onAdded={load} />
      <section class="panel padded" aria-label="Rules">
        <h2>Rules</h2>
        {rules?.length === 0 && (
          <p class="quiet">No rule yet. A good first one: tell me when a session enters a loop.</p>
        )}
        <ul class="plain-list">
          {rules?.map((rule) => (
            <li key={rule.id} class="line">
              <code>{rule.condition}</code>
              <span>
                <span class="quiet">{rule.action_type} to</span> <bdi>{rule.destination}</bdi>
              </span>
              <span class="quiet">at most every {rule.cooldown_seconds} s a session</span>
              <span class="spread" />
              <button type="button" onClick={() => act(testRule(rule.id))}>
                Send a test<span class="hidden"> of {rule.condition}</span>
              </button>
              <button type="button" onClick={() => act(deleteRule(rule.id))}>
                Delete<span class="hidden"> {rule.condition}</span>
              </button>
            </li>
          ))}
        </ul>
      </section>
      <Deliveries alerts={alerts} onReplay={(id) => act(replayAlert(id))} />
    </main>
  );
}
