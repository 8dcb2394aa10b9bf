import { useState } from "preact/hooks";
import { type AlertRule, deleteRule, rotateSecret, testRule } from "../server/alerts.ts";
import { readCondition } from "./rule/condition-words.ts";
import { Secret } from "./secret.tsx";
import { TestOutcome } from "./test-outcome.tsx";

interface Properties {
  readonly rules: readonly AlertRule[];
  /** Waits for what was asked for, says what went wrong, and reads the rules again. */
  readonly act: (action: Promise<unknown>) => void;
}

/** What is watched for, and who is told. */
export function Rules({ rules, act }: Properties) {
  const [rotated, setRotated] = useState<{ readonly id: string; readonly secret: string }>();
  const [tested, setTested] = useState<{ readonly id: string; readonly alertId: string }>();
  const tryOut = async (id: string) => setTested({ id, alertId: await testRule(id) });
  const rotate = async (id: string) => setRotated({ id, secret: await rotateSecret(id) });
  return (
    <section class="panel padded" aria-label="Rules">
      <h2>Rules</h2>
      {rules.length === 0 && (
        <p class="quiet">
          No rule yet. A good first one is <code>class=hard_alert</code>: a session enters a loop.
        </p>
      )}
      <ul class="plain-list entries">
        {rules.map(
          ({
            id,
            condition,
            action_type: action,
            destination,
            cooldown_seconds: wait,
            dwell_steps: dwell,
          }) => (
            <li key={id} class="line">
              <code class="named">{condition}</code>
              <span>{wordsOf(condition)}</span>
              <span>
                <span class="quiet">{action} to</span> <bdi>{destination}</bdi>
              </span>
              <span class="quiet">
                {dwell > 0 && `held for ${dwell} steps, `}at most every {wait} s a session
              </span>
              <span class="spread" />
              <button type="button" onClick={() => act(tryOut(id))}>
                Send a test<span class="hidden"> of {condition}</span>
              </button>
              {action === "webhook" && (
                <button type="button" onClick={() => act(rotate(id))}>
                  New secret<span class="hidden"> for {condition}</span>
                </button>
              )}
              <button type="button" onClick={() => act(deleteRule(id))}>
                Delete<span class="hidden"> {condition}</span>
              </button>
              {tested?.id === id && <TestOutcome key={tested.alertId} alertId={tested.alertId} />}
              {rotated?.id === id && (
                <div role="status">
                  <Secret
                    note="New signing secret, shown once; the old one signs for another day:"
                    text={rotated.secret}
                  />
                </div>
              )}
            </li>
          ),
        )}
      </ul>
    </section>
  );
}

/** One of another version may be unknown here. */
function wordsOf(condition: string): string | undefined {
  const read = readCondition(condition);
  return "words" in read ? read.words : undefined;
}
