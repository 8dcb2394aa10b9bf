import { useCallback, useState } from "preact/hooks";
import { Command } from "../parts/command.tsx";
import { count } from "../parts/format.ts";
import { useAnswer } from "../parts/use-answer.ts";
import { fetchPack } from "../server/settings.ts";
import { listNames } from "../server/workflows.ts";
import { Section } from "./section.tsx";

/** As many as the collector packs. */
const MOST_SESSIONS = 500;
const OFFERED_SESSIONS = 100;
const FILE = "pack.json";

/** Figures, checkpoints and receipts of one workflow, as a file for whoever reviews it. */
export function PackSection() {
  const ask = useCallback(() => listNames("workflow"), []);
  const { answer, failure, isLoading } = useAnswer(ask);
  const [refusal, setRefusal] = useState<string>();
  /** How many sessions are in the one that was fetched last. */
  const [packed, setPacked] = useState<number>();
  const [isFetching, setFetching] = useState(false);
  const download = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const sent = new FormData(event.target);
    const [workflow, cohort, limit] = ["workflow", "cohort", "limit"].map((name) =>
      String(sent.get(name) ?? "").trim(),
    );
    setRefusal(undefined);
    setPacked(undefined);
    setFetching(true);
    try {
      const { file, sessions } = await fetchPack({ workflow, cohort, limit });
      save(file);
      setPacked(sessions);
    } catch (problem) {
      setRefusal(problem instanceof Error ? problem.message : "the pack was not fetched");
    }
    setFetching(false);
  };
  return (
    <Section
      title="Evidence pack"
      failure={refusal ?? failure}
      isLoading={answer === undefined && isLoading}
    >
      <p>
        Figures, signed checkpoints and receipts of a workflow's sessions in one file, for whoever
        reviews it. Nobody has to trust this page: it is checked offline.
      </p>
      {answer?.length === 0 && (
        <p class="quiet">
          No workflow is known yet: it is here some seconds after a session of it is over.
        </p>
      )}
      <form class="line" onSubmit={download}>
        <PackFields workflows={answer ?? []} />
        <button type="submit" class="first" disabled={isFetching}>
          {isFetching ? "Packing…" : "Download"}
        </button>
      </form>
      <div role="status">{packed !== undefined && <Packed sessions={packed} />}</div>
    </Section>
  );
}

function PackFields({ workflows }: { readonly workflows: readonly string[] }) {
  return (
    <>
      <label>
        <span class="quiet">workflow</span>
        <input name="workflow" list="packed-workflows" maxLength={255} required />
      </label>
      <datalist id="packed-workflows">
        {workflows.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <label>
        <span class="quiet">only of cohort</span>
        <input name="cohort" maxLength={255} placeholder="any cohort" />
      </label>
      <label>
        <span class="quiet">newest sessions, at most</span>
        <input
          type="number"
          name="limit"
          min={1}
          max={MOST_SESSIONS}
          defaultValue={String(OFFERED_SESSIONS)}
          required
        />
      </label>
    </>
  );
}

function Packed({ sessions }: { readonly sessions: number }) {
  return (
    <div class="stack">
      <p>
        {FILE} holds {sessions === 1 ? "1 session" : `${count(sessions)} sessions`}. Whoever has the
        collector's verifier key checks it:
      </p>
      <Command
        label="the command that checks it"
        text={`caum verify ${FILE} --key "$VERIFIER_KEY"`}
      />
    </div>
  );
}

/** Byte for byte as it came: its digest is over them. */
function save(file: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = FILE;
  link.click();
  URL.revokeObjectURL(link.href);
}
