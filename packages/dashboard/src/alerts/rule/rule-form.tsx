import { useEffect, useState } from "preact/hooks";
import { addRule } from "../../server/alerts.ts";
import { listNames } from "../../server/workflows.ts";
import { Secret } from "../secret.tsx";
import { ConditionFields, partOf } from "./condition-fields.tsx";
import { readCondition } from "./condition-words.ts";
import { CHOICES, conditionText, NAMES, type Names, type Part } from "./parts.ts";

const DESTINATIONS = {
  webhook: "https://example.com/hook",
  slack: "https://hooks.slack.com/services/...",
  email: "oncall@example.com",
} as const;

/** Enough that a dip of one step is no alert. */
const OFFERED_DWELL_STEPS = 3;
const FIRST: readonly Part[] = [partOf(CHOICES[0], "and")];
const ANYBODY: Names = { agent: "", workflow: "", server: "" };

type Action = keyof typeof DESTINATIONS;

/** A rule by choosing; who knows how a condition is written may write it. */
export function RuleForm({ onAdded }: { readonly onAdded: () => void }) {
  const { parts, names, text, setText, choose } = useCondition();
  const [action, setAction] = useState<Action>("webhook");
  const [failure, setFailure] = useState<string>();
  const [secret, setSecret] = useState<string>();
  const known = useKnownNames();
  const read = readCondition(text);
  const add = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const { target: form } = event;
    const { destination, held } = Object.fromEntries(new FormData(form));
    const dwell = held === undefined ? 0 : OFFERED_DWELL_STEPS;
    setFailure(undefined);
    try {
      const rule = { condition: text, destination, action_type: action, dwell_steps: dwell };
      setSecret((await addRule(rule))?.secret);
      form.reset();
      choose(FIRST, ANYBODY);
      onAdded();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : "the rule was not taken");
    }
  };
  return (
    <section class="panel padded" aria-label="New rule">
      <h2>New rule</h2>
      <form class="stack" onSubmit={add}>
        <ConditionFields
          parts={parts}
          names={names}
          known={known}
          onParts={(to) => choose(to, names)}
          onNames={(of) => choose(parts, of)}
        />
        <p class={"fault" in read ? "whole bad" : "whole"} role="status">
          {"fault" in read ? `This is no condition: ${read.fault}.` : `It fires ${read.words}.`}
        </p>
        <div class="line ends">
          <ConditionText text={text} onText={setText} />
          <DestinationFields action={action} onAction={setAction} />
          {"dwells" in read && read.dwells && (
            <label class="choice" title="Fewer alerts that are over at once, each so much later">
              <input type="checkbox" name="held" /> held for {OFFERED_DWELL_STEPS} steps
            </label>
          )}
          <button type="submit" class="first" disabled={"fault" in read}>
            Add rule
          </button>
        </div>
      </form>
      <div role="status">
        {failure !== undefined && <p class="bad">{failure}</p>}
        {secret !== undefined && <Secret note="Signing secret, shown once:" text={secret} />}
      </div>
    </section>
  );
}

/** A condition in parts, and as text: that of the parts until somebody writes in it. */
function useCondition() {
  const [parts, setParts] = useState(FIRST);
  const [names, setNames] = useState(ANYBODY);
  const [text, setText] = useState(conditionText(FIRST, ANYBODY));
  const choose = (to: readonly Part[], of: Names) => {
    setParts(to);
    setNames(of);
    const written = readCondition(conditionText(to, of));
    setText("text" in written ? written.text : conditionText(to, of));
  };
  return { parts, names, text, setText, choose };
}

interface TextProperties {
  readonly text: string;
  readonly onText: (text: string) => void;
}

function ConditionText({ text, onText }: TextProperties) {
  return (
    <label class="spread">
      <span class="quiet">the condition as text, if you prefer to write it</span>
      <input
        name="condition"
        class="mono"
        maxLength={1_000}
        spellcheck={false}
        required
        value={text}
        onInput={({ currentTarget: { value } }) => onText(value)}
      />
    </label>
  );
}

interface DestinationProperties {
  readonly action: Action;
  readonly onAction: (action: Action) => void;
}

function DestinationFields({ action, onAction }: DestinationProperties) {
  return (
    <>
      <label>
        <span class="quiet">by</span>
        <select
          value={action}
          // The options are the keys.
          onChange={({ currentTarget: { value } }) => onAction(value as Action)}
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
    </>
  );
}

/** For choosing; where they cannot be read, a name can be typed all the same. */
function useKnownNames(): Readonly<Record<string, readonly string[]>> {
  const [known, setKnown] = useState<Readonly<Record<string, readonly string[]>>>({});
  useEffect(() => {
    const lists = NAMES.map(async (name) => [name, await listNames(name)] as const);
    Promise.all(lists).then(
      (found) => setKnown(Object.fromEntries(found)),
      () => {},
    );
  }, []);
  return known;
}
