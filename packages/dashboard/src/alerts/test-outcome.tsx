import { useEffect, useState } from "preact/hooks";
import { moment } from "../parts/format.ts";
import { type FiredAlert, listAlerts } from "../server/alerts.ts";

const SOON_MS = 500;
const LATER_MS = 5_000;

/** What became of a test, until it has arrived or is given up. */
export function TestOutcome({ alertId }: { readonly alertId: string }) {
  const [alert, setAlert] = useState<FiredAlert>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const look = async () => {
      const alerts = await listAlerts().catch(() => []);
      if (isOver) return;
      const found = alerts.find(({ id }) => id === alertId);
      setAlert(found);
      if (found !== undefined && found.status !== "due") return;
      timer = setTimeout(look, (found?.problem ?? null) === null ? SOON_MS : LATER_MS);
    };
    void look();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [alertId]);
  const [words, look] = outcomeOf(alert);
  return (
    <span class={look} role="status">
      {words}
    </span>
  );
}

function outcomeOf(alert: FiredAlert | undefined): readonly [words: string, look: string] {
  const why = alert?.problem?.replaceAll("_", " ");
  if (alert?.status === "delivered") return ["✓ the test has arrived", "good"];
  if (alert?.status === "dead") return [`✗ the test did not arrive: ${why}`, "bad"];
  if (why === undefined) return ["… the test is on its way", "quiet"];
  const next = alert?.next_attempt_at ?? null;
  const again = next === null ? "" : `, next try ${moment(Date.parse(next))}`;
  return [`✗ the test has not arrived: ${why}${again}`, "warn"];
}
