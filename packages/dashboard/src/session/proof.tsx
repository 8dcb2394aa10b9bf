/** The proof of a session: its newest receipt, and a check of the whole export in this browser. */
import { useState } from "preact/hooks";
import { count } from "../parts/format.ts";
import { getJson, request } from "../server/request.ts";
import { NoEd25519, parseVerifierKey } from "../verify/note.ts";
import { type Verification, verifyBundle } from "../verify/verify-bundle.ts";

interface Properties {
  readonly id: string;
  /** Leaf of the last record, root over all, and how many there are. */
  readonly head: string;
  readonly root: string;
  readonly size: number;
  readonly receiptId: string;
}

type Outcome = Verification | "working" | { readonly cannot: string } | undefined;

export function Proof({ id, head, root, size, receiptId }: Properties) {
  const [outcome, setOutcome] = useState<Outcome>();
  const [key, setKey] = useState<string>();
  const path = `/v1/session/${encodeURIComponent(id)}/bundle`;
  const verify = async (read: () => Promise<ArrayBuffer>) => {
    setOutcome("working");
    const trusted = key ?? (await collectorKey().catch(() => ""));
    setKey(trusted);
    setOutcome(await outcomeOf(read, trusted, id));
  };
  const download = async () => (await request(path)).arrayBuffer();
  return (
    <section class="panel padded" aria-label="Proof">
      <h2>Latest receipt</h2>
      <dl>
        <dt>receipt</dt>
        <dd class="mono">{receiptId}</dd>
        <dt>chain head</dt>
        <dd class="mono">{head}</dd>
        <dt>root</dt>
        <dd class="mono">{root}</dd>
        <dt>records</dt>
        <dd>{count(size)}</dd>
      </dl>
      <div class="line">
        <button
          type="button"
          class="first"
          disabled={outcome === "working"}
          onClick={() => verify(download)}
        >
          {outcome === "working" ? "Verifying…" : "Verify in this browser"}
        </button>
        <a class="button" href={path} download="caum-bundle.tar">
          Export bundle
        </a>
        <label class="line">
          <span class="quiet">or check a bundle you have</span>
          <input
            type="file"
            accept=".tar"
            onChange={({ currentTarget: { files } }) => {
              const file = files?.[0];
              if (file) void verify(() => file.arrayBuffer());
            }}
          />
        </label>
      </div>
      {key !== undefined && (
        <label>
          <span class="quiet">
            key that signatures are checked with; put in the one you were given
          </span>
          <input
            class="mono"
            value={key}
            spellcheck={false}
            onInput={({ currentTarget: { value } }) => setKey(value)}
          />
        </label>
      )}
      <div role="status">
        <Told outcome={outcome} />
      </div>
    </section>
  );
}

function Told({ outcome }: { readonly outcome: Outcome }) {
  if (outcome === undefined || outcome === "working") return null;
  if ("cannot" in outcome) return <p class="warn">Not verified: {outcome.cannot}</p>;
  const { verdict, records, root, checks, findings, notChecked } = outcome;
  const isOk = verdict.startsWith("ok");
  return (
    <div class="told">
      <p>
        <b class={isOk ? "good" : "bad"}>
          {isOk ? "✓" : "✗"} {verdict}
        </b>{" "}
        <span class="quiet">
          {count(records)} records{root && `, root ${root.slice(0, 16)}…`}
        </span>
      </p>
      <ul class="plain-list">
        {checks.map(({ holds, detail }) => (
          <li key={detail}>
            <span class={holds ? "good" : "bad"}>{holds ? "✓ holds" : "✗ fails"}</span> {detail}
          </li>
        ))}
      </ul>
      {findings.length > 0 && (
        <ul class="plain-list bad">
          {findings.map(({ kind, message, line }) => (
            <li key={`${kind}${line}${message}`}>
              {kind}
              {line !== null && ` at line ${line}`}: {message}
            </li>
          ))}
        </ul>
      )}
      <h2>Not checked</h2>
      <ul class="plain-list quiet">
        {notChecked.map((what) => (
          <li key={what}>{what}</li>
        ))}
      </ul>
    </div>
  );
}

async function collectorKey(): Promise<string> {
  const { keys } = await getJson<{ keys: readonly { vkey: string }[] }>(
    "/.well-known/caum-verifier-keys",
  );
  return keys[0]?.vkey ?? "";
}

async function outcomeOf(
  read: () => Promise<ArrayBuffer>,
  key: string,
  id: string,
): Promise<Outcome> {
  if (crypto.subtle === undefined) {
    return {
      cannot: "browsers offer cryptography only over https or on localhost. Use caum verify",
    };
  }
  try {
    return await verifyBundle(new Uint8Array(await read()), await parseVerifierKey(key), id);
  } catch (failure) {
    const isLacking = failure instanceof NoEd25519;
    if (isLacking) return { cannot: "this browser has no Ed25519 signatures. Use caum verify" };
    return { cannot: failure instanceof Error ? failure.message : "something failed" };
  }
}
