import { useState } from "preact/hooks";
import { useAnswer } from "../../parts/use-answer.ts";
import { listKeys, revokeKey } from "../../server/settings.ts";
import { Section } from "../section.tsx";
import { KeyEntry } from "./key-entry.tsx";
import { KeyForm } from "./key-form.tsx";

/** The keys of the account: what each may do, and whether anybody still uses it. */
export function KeysSection() {
  const { answer, failure, isLoading, again } = useAnswer(listKeys);
  const [refusal, setRefusal] = useState<string>();
  const revoke = (id: string) => {
    setRefusal(undefined);
    revokeKey(id).then(again, (problem: Error) => setRefusal(problem.message));
  };
  return (
    <>
      {answer !== undefined && <KeyForm onMade={again} />}
      <Section
        title="Keys"
        failure={refusal ?? failure}
        isLoading={answer === undefined && isLoading}
      >
        {answer?.length === 0 && <p class="quiet">No key yet.</p>}
        {answer !== undefined && answer.length > 0 && (
          <ul class="plain-list entries">
            {answer.toReversed().map((key) => (
              <KeyEntry key={key.key_id} apiKey={key} onRevoke={revoke} />
            ))}
          </ul>
        )}
        {answer !== undefined && (
          <p class="quiet">
            A key is kept as a hash: of each one its beginning is shown. To rotate one, make
            another, set it where the old one is, and revoke that.
          </p>
        )}
      </Section>
    </>
  );
}
