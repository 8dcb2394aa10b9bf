import type { KeyEntryAnswer } from "@caum/core/protocol";
import { useState } from "preact/hooks";
import { ago } from "../../parts/format.ts";
import { Question } from "../question.tsx";

interface Properties {
  readonly apiKey: KeyEntryAnswer;
  readonly onRevoke: (id: string) => void;
}

/** One key, as far as it may be shown. */
export function KeyEntry({ apiKey, onRevoke }: Properties) {
  const { key_id: id, label, prefix, scopes } = apiKey;
  const [isAsked, setAsked] = useState(false);
  const name = label ?? prefix;
  const [state, look] = stateOf(apiKey, Date.now());
  return (
    <li class="line">
      <span class="named">
        {label === null ? <span class="quiet">without a label</span> : <bdi>{label}</bdi>}
      </span>
      <code>{prefix}…</code>
      <span>{scopes.join(", ")}</span>
      <span class="quiet">
        made {dayOf(apiKey.created_at)}
        <Maker maker={apiKey.made_by} />
      </span>
      <span class="quiet">{useOf(apiKey, Date.now())}</span>
      <span class={look}>{state}</span>
      <span class="spread" />
      {!apiKey.revoked && (
        <button type="button" onClick={() => setAsked(true)}>
          Revoke<span class="hidden"> {name}</span>
        </button>
      )}
      {isAsked && (
        <Question
          title={`Revoke ${name}?`}
          yes="Revoke it"
          onYes={() => onRevoke(id)}
          onClose={() => setAsked(false)}
        >
          Programs that send it are refused from now on, and browsers that signed in with it are
          signed out. It does not come back.
        </Question>
      )}
    </li>
  );
}

function Maker({ maker }: { readonly maker: KeyEntryAnswer["made_by"] }) {
  if (maker === null) return null;
  const { kind, id, label } = maker;
  if (kind === "first_start") return <> by the first start</>;
  if (kind === "registration") return <> by the registration</>;
  return (
    <>
      {` by ${kind} `}
      <bdi>{label ?? id}</bdi>
    </>
  );
}

function stateOf(
  { expires_at: end, revoked }: KeyEntryAnswer,
  nowMs: number,
): readonly [words: string, look: string] {
  if (revoked) return ["revoked", "bad"];
  if (end === null) return ["never expires", "quiet"];
  return Date.parse(end) <= nowMs
    ? [`expired ${dayOf(end)}`, "bad"]
    : [`expires ${dayOf(end)}`, "quiet"];
}

function useOf({ last_used_at: used }: KeyEntryAnswer, nowMs: number): string {
  return used === null ? "not used yet" : `used ${ago(Date.parse(used), nowMs)}`;
}

/** `2026-01-31`: a key may be years old. */
function dayOf(time: string): string {
  return time.slice(0, "2026-01-31".length);
}
