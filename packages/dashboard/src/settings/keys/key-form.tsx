import { useState } from "preact/hooks";
import { CopyButton } from "../../parts/command.tsx";
import { type KeyWish, makeKey, SCOPES } from "../../server/settings.ts";

const WHAT_FOR: Readonly<Record<(typeof SCOPES)[number], string>> = {
  ingest: "record",
  read: "read sessions",
  admin: "settle and delete",
};
const OFFERED = ["ingest", "read"];
const ENDS = [
  ["", "never"],
  ["30", "in 30 days"],
  ["90", "in 90 days"],
  ["365", "in a year"],
] as const;
const DAY_MS = 86_400_000;

/** Makes a key, and shows it this once. */
export function KeyForm({ onMade }: { readonly onMade: () => void }) {
  const [made, setMade] = useState<string>();
  const [failure, setFailure] = useState<string>();
  const make = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const { target: form } = event;
    const wish = wishIn(new FormData(form), Date.now());
    setFailure(wish.scopes.length > 0 ? undefined : "choose what the key may do");
    setMade(undefined);
    if (wish.scopes.length === 0) return;
    try {
      setMade(await makeKey(wish));
      form.reset();
      onMade();
    } catch (problem) {
      setFailure(problem instanceof Error ? problem.message : "the key was not made");
    }
  };
  return (
    <section class="panel padded" aria-label="New key">
      <h2>New key</h2>
      <form class="line" onSubmit={make}>
        <KeyFields />
        <button type="submit" class="first">
          Make key
        </button>
      </form>
      <div role="status">
        {failure !== undefined && <p class="bad">{failure}</p>}
        {made !== undefined && (
          <p class="line">
            <span>The key, shown once:</span> <code class="whole">{made}</code>
            <CopyButton text={made} label="the key" />
          </p>
        )}
      </div>
    </section>
  );
}

function KeyFields() {
  return (
    <>
      <label>
        <span class="quiet">label</span>
        <input name="label" maxLength={255} placeholder="what it is for" />
      </label>
      <fieldset class="line choices">
        <legend class="quiet">it may</legend>
        {SCOPES.map((scope) => (
          <label key={scope} class="choice">
            <input
              type="checkbox"
              name="scope"
              value={scope}
              defaultChecked={OFFERED.includes(scope)}
            />
            {WHAT_FOR[scope]} <span class="quiet">({scope})</span>
          </label>
        ))}
      </fieldset>
      <label>
        <span class="quiet">it expires</span>
        <select name="days">
          {ENDS.map(([days, words]) => (
            <option key={days} value={days}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label title="Its name begins with it; it may do the same">
        <span class="quiet">mode</span>
        <select name="mode">
          <option>live</option>
          <option>test</option>
        </select>
      </label>
    </>
  );
}

function wishIn(sent: FormData, nowMs: number): KeyWish {
  const [label, days, mode] = ["label", "days", "mode"].map((name) => String(sent.get(name) ?? ""));
  return {
    scopes: sent.getAll("scope").map(String),
    mode: mode || "live",
    ...(label?.trim() && { label: label.trim() }),
    ...(days && { expires_at: new Date(nowMs + Number(days) * DAY_MS).toISOString() }),
  };
}
