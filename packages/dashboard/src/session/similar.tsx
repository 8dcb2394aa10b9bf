import { useState } from "preact/hooks";
import { LaterPart } from "../parts/later-part.tsx";

const part = () => import("./similar-sessions.tsx");

/** Sessions that are built like this one; asked for by hand: it compares some thousand. */
export function Similar({ id }: { readonly id: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <section class="panel padded" aria-label="Similar sessions">
      <div class="line">
        <h2>Similar sessions</h2>
        {!isOpen && (
          <button type="button" onClick={() => setOpen(true)}>
            Find sessions that are built like this one
          </button>
        )}
      </div>
      {isOpen && (
        <LaterPart load={part} fallback={<p class="quiet">Comparing…</p>}>
          {({ SimilarSessions }) => <SimilarSessions id={id} />}
        </LaterPart>
      )}
    </section>
  );
}
