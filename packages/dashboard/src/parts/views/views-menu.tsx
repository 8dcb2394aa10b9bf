import { useEffect, useState } from "preact/hooks";
import { LaterPart } from "../later-part.tsx";

const savedViews = () => import("./saved-views.tsx");

/** Views are loaded when somebody opens them. */
export function ViewsMenu() {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    // A view was followed, or somebody went elsewhere.
    const close = () => setOpen(false);
    addEventListener("popstate", close);
    return () => removeEventListener("popstate", close);
  }, []);
  return (
    <details class="menu" open={isOpen} onToggle={({ currentTarget: { open } }) => setOpen(open)}>
      <summary class="button">Views</summary>
      {isOpen && (
        <div class="panel">
          <LaterPart load={savedViews} fallback={<p class="padded quiet">Loading…</p>}>
            {({ SavedViews }) => <SavedViews />}
          </LaterPart>
        </div>
      )}
    </details>
  );
}
