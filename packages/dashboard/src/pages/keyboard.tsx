import { useEffect, useRef } from "preact/hooks";
import { goTo } from "../parts/router.ts";
import { isTyping } from "../parts/typing.ts";

/** Behind `g`, a letter of a page: its first one, where no other page has it. */
const PLACES: ReadonlyMap<string, readonly [path: string, name: string]> = new Map([
  ["o", ["/overview", "Overview"]],
  ["s", ["/", "Sessions"]],
  ["l", ["/loops", "Loops"]],
  ["w", ["/workflows", "Workflows"]],
  ["a", ["/alerts", "Alerts"]],
  ["e", ["/settings", "Settings"]],
]);
/** So long the second letter may take. */
const CHORD_MS = 1_500;

const KEYS: readonly (readonly [keys: readonly string[], words: string])[] = [
  [["?"], "show or leave this list"],
  [["/"], "search, in the list of sessions"],
  ...[...PLACES].map(([letter, [, name]]) => [["g", letter], `go to ${name}`] as const),
  [["n"], "next loop, on the page of a session"],
  [["←", "→"], "one step back or on, in the strip of a session"],
  [["Home", "End"], "its first and last step"],
  [["Enter"], "select the step"],
  [["Esc"], "leave this list"],
];

/** Keys that work everywhere, and the list of all, which `?` shows. */
export function Keyboard() {
  const dialog = useRef<HTMLDialogElement>(null);
  const toggle = () => toggled(dialog.current);
  useEffect(() => {
    const chord = new Chord();
    const press = (event: KeyboardEvent) => {
      if (isTyping(event)) return;
      const path = chord.press(event.key);
      const isOpen = dialog.current?.open === true;
      if (event.key === "?") toggled(dialog.current);
      else if (path !== undefined && !isOpen) goTo(path);
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
  return (
    <>
      <button type="button" class="plain" aria-label="Keys" title="Keys" onClick={toggle}>
        ?
      </button>
      <dialog ref={dialog} class="panel" aria-label="Keys">
        <div class="padded">
          <h2>Keys</h2>
          <dl>
            {KEYS.map(([keys, words]) => (
              <>
                <dt key={words}>
                  {keys.map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dt>
                <dd>{words}</dd>
              </>
            ))}
          </dl>
          <div>
            <button type="button" onClick={toggle}>
              Close
            </button>
          </div>
        </div>
      </dialog>
    </>
  );
}

function toggled(dialog: HTMLDialogElement | null): void {
  if (dialog?.open) dialog.close();
  else dialog?.showModal();
}

/** `g`, then the letter of a page. */
class Chord {
  #untilMs = 0;

  /** @returns the path to go to */
  press(key: string): string | undefined {
    const path = Date.now() < this.#untilMs ? PLACES.get(key)?.[0] : undefined;
    this.#untilMs = key === "g" ? Date.now() + CHORD_MS : 0;
    return path;
  }
}
