import { useState } from "preact/hooks";
import { useAddress } from "../parts/address.ts";
import { Command } from "../parts/command.tsx";
import type { Account } from "../server/account.ts";
import { eventCommand, readStartAnswer, startCommand } from "./commands.ts";
import { FirstRecord } from "./first-record.tsx";
import { SmokeTest } from "./smoke-test.tsx";
import { Validation } from "./validation.tsx";
import { CURL, WAYS, type WayIn } from "./ways.ts";

const EXPECTED = `{
  "event_type": "structural_loop_continues",
  "live_alert": true,
  "tier": {"tier": "T5", "rank": 5},
  "evidence_grade": {
    "public_class": "hard_alert",
    "raw_content_used": false,
    "allowed_to_block": false
  },
  "coordination": {"decision": "observe_only"}
}`;
const PLACEHOLDER = "YOUR_API_KEY";
const NO_SESSION = { sessionId: "caum-live-...", sessionToken: "SESSION_TOKEN_FROM_START" };

/** From nothing to the first verdict. */
export function StartPage({ account }: { readonly account: Account }) {
  const { query } = useAddress();
  const [key, setKey] = useState("");
  const filled = { url: account.url, key: key || PLACEHOLDER };
  const asked = query.get("way");
  const way = WAYS.find(({ name }) => name === asked) ?? WAYS[0];
  const isCurl = asked === CURL;
  const tabs = [...WAYS.map(({ name, title }) => [name, title] as const), [CURL, "curl"] as const];
  return (
    <main>
      <section class="panel padded">
        <h1>Send structure, not secrets</h1>
        <p class="quiet">
          Send the shape of what an agent does: tool, status, counters, opaque states. No prompts,
          no code, no files, no messages: fields that could hold them are dropped before anything
          else happens. Every answer is observe_only, and nothing is ever blocked.
        </p>
        <label>
          <span class="quiet">
            your API key fills in the commands; it stays in this page and is not kept
          </span>
          <input
            class="mono"
            autocomplete="off"
            spellcheck={false}
            placeholder="caum_live_…"
            value={key}
            onInput={({ currentTarget: { value } }) => setKey(value.trim())}
          />
        </label>
        <nav class="tabs" aria-label="Ways in">
          {tabs.map(([name, title]) => (
            <a
              key={name}
              href={`/onboarding?way=${name}`}
              aria-current={name === (isCurl ? CURL : way?.name) ? "page" : undefined}
            >
              {title}
            </a>
          ))}
        </nav>
        <FirstRecord />
      </section>
      {isCurl ? (
        <ByHand filled={filled} />
      ) : (
        way?.parts.map(({ words, label, text }) => (
          <section key={label} class="panel padded" aria-label={label}>
            <p>{words}</p>
            <Command label={label} text={text(filled)} />
          </section>
        ))
      )}
      <SmokeTest />
      <Validation />
    </main>
  );
}

/** Three requests by hand. */
function ByHand({ filled: { url, key } }: { readonly filled: WayIn }) {
  const [session, setSession] = useState(NO_SESSION);
  const filled = { url, key, ...session };
  return (
    <>
      <section class="panel padded">
        <h2>1. Start a live session</h2>
        <p class="quiet">
          One session for one workflow of one agent. The answer holds a session token; only its hash
          is kept.
        </p>
        <Command label="the start command" text={startCommand(filled)} />
        <label>
          <span class="quiet">paste the answer, and the next step is filled in</span>
          <input
            class="mono"
            spellcheck={false}
            onInput={({ currentTarget: { value } }) =>
              setSession(readStartAnswer(value) ?? NO_SESSION)
            }
          />
        </label>
      </section>
      <section class="panel padded">
        <h2>2. Push structural events</h2>
        <p class="quiet">Send it five times: the same step without news is a loop.</p>
        <Command label="the event command" text={eventCommand(filled)} />
      </section>
      <section class="panel padded">
        <h2>3. Verify the response</h2>
        <p class="quiet">
          Look for <code>evidence_grade.public_class</code>: a hard alert comes from a hard rule
          only, everything softer is <code>review_only</code>.
        </p>
        <Command label="the expected answer" text={EXPECTED} />
      </section>
    </>
  );
}
