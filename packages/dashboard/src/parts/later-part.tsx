import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

interface Properties<Part> {
  /** The same function each time: another one loads again. */
  readonly load: () => Promise<Part>;
  readonly children: (part: Part) => ComponentChildren;
  /** While it is loaded. */
  readonly fallback: ComponentChildren;
}

/** A part of the page whose code comes when somebody opens it. */
export function LaterPart<Part extends object>({ load, children, fallback }: Properties<Part>) {
  const [part, setPart] = useState<Part | Error>();
  useEffect(() => {
    load().then(setPart, () => setPart(new Error()));
  }, [load]);
  if (part === undefined) return fallback;
  if (!(part instanceof Error)) return children(part);
  return (
    <div class="panel empty" role="alert">
      <p>This part of the page cannot be loaded: the collector was updated, or does not answer.</p>
      <button type="button" onClick={() => location.reload()}>
        Load the page again
      </button>
    </div>
  );
}
