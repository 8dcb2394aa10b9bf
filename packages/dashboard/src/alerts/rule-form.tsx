import { useState } from "preact/hooks";
import { addRule } from "../server/alerts.ts";
import { Secret } from "./secret.tsx";

const CONDITIONS = [
  ["class=hard_alert", "a session enters a loop"],
  ["tier>=T4", "a session enters T4 or T5"],
  ["regime=LOOP", "the regime becomes LOOP"],
  ["uds<0.3", "UDS falls below 0.3"],
  ["cost>5", "a session cost more than 5 USD"],
  ["steps>200", "a session has more than 200 steps"],
  ["open_call>300", "a call is open for more than 300 s"],
  ["tool_definition_changed", "a tool changed what it says it is"],
] as const;
const DESTINATIONS = {
  webhook: "https://example.com/hook",
  slack: "https://hooks.slack.com/services/...",
  email: "oncall@example.com",
} as const;

/** Enough that a dip of one step is no alert. */
const OFFERED_DWELL_STEPS = 3;

type Action = keyof typeof DESTINATIONS;

export function RuleForm({ onAdded }: { readonly onAdded: () => void }) {
  const [action, setAction] = useState<Action>("webhook");
  const [failure, setFailure] = useState<string>();
  const [secret, setSecret] = useState<string>();
  const add = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const { target: form } = event;
    const { condition, destination, held } = Object.fromEntries(new FormData(form));
    const dwell = held === undefined ? 0 : OFFERED_DWELL_STEPS;
    setFailure(undefined);
    try {
      const rule = { condition, destination, action_type: action, dwell_steps: dwell };
      setSecret((await addRule(rule))?.secret);
      form.reset();
      onAdded();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : "the rule was not taken");
    }
  };
  return (
    <section class="panel padded" aria-label="New rule">
      <h2>New rule</h2>
      <form class="line" onSubmit={add}>
        <label>
          <span class="quiet">when</span>
          <input
            name="condition"
            class="mono"
            list="conditions"
            placeholder="class=hard_alert"
            required
          />
        </label>
        <datalist id="conditions">
          {CONDITIONS.map(([condition, words]) => (
            <option key={condition} value={condition}>
              {words}
            </option>
          ))}
        </datalist>
        <label>
          <span class="quiet">by</span>
          <select
            value={action}
            // The options are the keys.
            onChange={({ currentTarget: { value } }) => setAction(value as Action)}
          >
            {Object.keys(DESTINATIONS).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label class="spread">
          <span class="quiet">to</span>
          <input name="destination" placeholder={DESTINATIONS[action]} required />
        </label>
        <label title="Of a tier, a regime or UDS: fewer alerts that are over at once, each so much later">
          <input type="checkbox" name="held" /> held for {OFFERED_DWELL_STEPS} steps
        </label>
        <button type="submit" class="first">
          Add rule
        </button>
      </form>
      <div role="status">
        {failure !== undefined && <p class="bad">{failure}</p>}
        {secret !== undefined && <Secret note="Signing secret, shown once:" text={secret} />}
      </div>
    </section>
  );
}
