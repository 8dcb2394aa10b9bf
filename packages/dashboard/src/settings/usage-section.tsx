import type { UsageAnswer } from "@caum/core/protocol";
import { count, money } from "../parts/format.ts";
import { useAnswer } from "../parts/use-answer.ts";
import { readUsage } from "../server/settings.ts";
import { Section } from "./section.tsx";

/** What the account has used so far. */
export function UsageSection() {
  const { answer, failure, isLoading } = useAnswer(readUsage);
  return (
    <Section title="Usage" failure={failure} isLoading={answer === undefined && isLoading}>
      {answer !== undefined && (
        <>
          <dl>
            {figuresOf(answer).map(([name, figure]) => (
              <>
                <dt key={name}>{name}</dt>
                <dd>{figure}</dd>
              </>
            ))}
          </dl>
          <p class="quiet">
            Sums over all sessions of the account, including those whose records are gone. Tokens
            and cost are what senders reported; what nobody reported is missing.
          </p>
        </>
      )}
    </Section>
  );
}

function figuresOf(used: UsageAnswer): readonly (readonly [name: string, figure: string])[] {
  const limit = used.limits.events_per_second;
  return [
    ["Plan", used.plan.replaceAll("_", " ")],
    ["Sessions", count(used.sessions)],
    ["Events", `${count(used.events)}, of them ${count(used.steps)} steps`],
    ["Dropped", `${count(used.dropped_events)}, as senders declared`],
    ["Tokens", count(used.total_tokens)],
    ["Cost", money(used.total_cost_usd)],
    ["Alerts", count(used.alerts)],
    ["Limit", limit === 0 ? "none" : `${count(limit)} events a second`],
  ];
}
