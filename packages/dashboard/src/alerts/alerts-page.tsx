import { useCallback, useEffect, useState } from "preact/hooks";
import {
  type AlertRule,
  type FiredAlert,
  listAlerts,
  listRules,
  replayAlert,
} from "../server/alerts.ts";
import { Deliveries } from "./deliveries.tsx";
import { RuleForm } from "./rule/rule-form.tsx";
import { Rules } from "./rules.tsx";

const REFRESH_MS = 5_000;

/** Who is told what, and whether it arrived. */
export function AlertsPage() {
  const [rules, setRules] = useState<readonly AlertRule[]>();
  const [alerts, setAlerts] = useState<readonly FiredAlert[]>([]);
  const [failure, setFailure] = useState<string>();
  /** Of what was asked for last: it stands until something else is. */
  const [refusal, setRefusal] = useState<string>();
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
    // Nobody looks at a page in the background: it is read again when it comes to the front.
    const refresh = () => {
      if (document.visibilityState === "visible") void load();
    };
    const timer = setInterval(refresh, REFRESH_MS);
    document.addEventListener("visibilitychange", refresh);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", refresh);
    };
  }, [load]);
  const act = (action: Promise<unknown>) => {
    setRefusal(undefined);
    void action.catch((error: Error) => setRefusal(error.message)).then(load);
  };
  const said = refusal ?? failure;
  return (
    <main aria-busy={rules === undefined}>
      <h1>Alerts</h1>
      {said !== undefined && (
        <div class="panel padded bad" role="alert">
          {said}
        </div>
      )}
      <RuleForm onAdded={load} />
      {rules !== undefined && <Rules rules={rules} act={act} />}
      <Deliveries alerts={alerts} onReplay={(id) => act(replayAlert(id))} />
    </main>
  );
}
