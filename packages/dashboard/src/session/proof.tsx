/** The proof of a session: its newest receipt, and a check of the whole export in this browser. */
import { useState } from "preact/hooks";
import { count } from "../parts/format.ts";
import { getJson, request } from "../server/request.ts";
import type { Verification } from "../verify/verify-bundle.ts";

interface Properties {
  readonly id: string;
  /** Leaf of the last record, root over all, and how many there are. */
  readonly head: string;
  readonly root: string;
  readonly size: number;
  readonly receiptId: string;
}

const OF_THE_PAGE = "that the key belongs to whom you think: it came from this collector";

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
            accept=".tar,.tgz,.gz,.zip"
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
  const { verdict, records, root, proven, checks, findings, notProven } = outcome;
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
      <p>{proven}</p>
      <ul class="plain-list">
        {checks.map(({ name, holds, detail }) => (
          <li key={name}>
            <span class={holds ? "good" : "bad"}>{holds ? "✓ holds" : "✗ fails"}</span> {detail}
          </li>
        ))}
      </ul>
      {findings.length > 0 && (
        <ul class="plain-list bad">
          {findings.map(({ kind, file, message, line }) => (
            <li key={`${kind}${file}${line}${message}`}>
              {kind}
              {line !== null && ` at line ${line}`}
              {file !== "" && ` of ${file}`}: {message}
            </li>
          ))}
        </ul>
      )}
      <h2>Not proved</h2>
      <ul class="plain-list quiet">
        {[...notProven, OF_THE_PAGE].map((what) => (
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
    const bytes = new Uint8Array(await read());
    // As much code as all of the page, which few of those who look at it ask for.
    const { verifyBundle } = await import("../verify/verify-bundle.ts");
    return await verifyBundle(bytes, { keys: [key], session: id });
  } catch (failure) {
    return { cannot: failure instanceof Error ? failure.message : "something failed" };
  }
}
