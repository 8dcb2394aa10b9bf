import { moment } from "../parts/format.ts";
import { Regime, Tier } from "../parts/regime.tsx";
import { sessionPath } from "../parts/router.ts";
import type { FiredAlert } from "../server/alerts.ts";

const STATUSES: Readonly<Record<FiredAlert["status"], readonly [words: string, look: string]>> = {
  due: ["… due", "warn"],
  delivered: ["✓ delivered", "good"],
  dead: ["✗ given up", "bad"],
  muted: ["held back: its group is muted", "quiet"],
};

interface Properties {
  readonly alerts: readonly FiredAlert[];
  readonly onReplay: (id: string) => void;
}

/** What was fired, the latest first, and what became of it. */
export function Deliveries({ alerts, onReplay }: Properties) {
  return (
    <section class="panel padded" aria-label="Deliveries">
      <h2>Deliveries</h2>
      {alerts.length === 0 && <p class="quiet">Nothing has fired so far.</p>}
      <ul class="plain-list entries">
        {alerts.map((alert) => (
          <li key={alert.id} class="line">
            <span class="quiet">{moment(Date.parse(alert.fired_at))}</span>
            <code class="named">{alert.condition}</code>
            {alert.is_test ? (
              <span class="quiet">test</span>
            ) : (
              <>
                <a href={sessionPath(alert.session_id)}>
                  <bdi>{alert.agent}</bdi> step {alert.step}
                </a>
                <Regime regime={alert.regime} />
                <Tier tier={alert.tier} />
              </>
            )}
            <span class="spread" />
            <span class="quiet">
              {alert.action_type} to <bdi>{alert.destination}</bdi>
            </span>
            <span class={STATUSES[alert.status][1]}>{STATUSES[alert.status][0]}</span>
            <span class="quiet">
              {alert.attempts} {alert.attempts === 1 ? "attempt" : "attempts"}
              {alert.problem !== null && `, ${alert.problem.replaceAll("_", " ")}`}
            </span>
            {alert.status === "dead" && (
              <button type="button" onClick={() => onReplay(alert.id)}>
                Send again
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
