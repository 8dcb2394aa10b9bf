import { count, share } from "../parts/format.ts";
import { lookOf, Regime } from "../parts/regime.tsx";
import type { Overview } from "../server/overview/overview.ts";

/** Which regime sessions stood in last, the most frequent first. */
export function RegimeMix({ regimes }: { readonly regimes: NonNullable<Overview["regimes"]> }) {
  const sessions = regimes.reduce((sum, regime) => sum + regime.sessions, 0);
  const sorted = regimes.toSorted((one, other) => other.sessions - one.sessions);
  const ill = regimes.filter(({ regime }) => lookOf(regime).gravity === 2);
  const illSessions = ill.reduce((sum, regime) => sum + regime.sessions, 0);
  return (
    <section class="panel padded" aria-label="Regimes">
      <h2>Regime at the end, or now</h2>
      <div class="mix" aria-hidden="true">
        {sorted.map(({ regime, sessions: own }) => (
          <i
            key={regime}
            class={`r-${lookOf(regime).letter}`}
            style={{ flexGrow: own, flexBasis: "0" }}
          />
        ))}
      </div>
      <ul class="plain-list columns">
        {sorted.map(({ regime, sessions: own }) => (
          <li key={regime} class="line">
            <Regime regime={regime} />
            <span class="quiet">
              {count(own)}, {share(own, sessions)}
            </span>
          </li>
        ))}
      </ul>
      <p class="quiet">
        {illSessions === 0
          ? `None of ${count(sessions)} sessions stood in a regime that is not healthy.`
          : `${count(illSessions)} of ${count(sessions)} sessions (${share(illSessions, sessions)}) stood in a regime that is not healthy.`}
      </p>
    </section>
  );
}
