import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface Properties {
  readonly title: string;
  /** What the button says that does it. */
  readonly yes: string;
  readonly onYes: () => void;
  /** Called whatever was answered: the question is over. */
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Asked before what cannot be taken back; it is there as long as it is asked. */
export function Question({ title, yes, onYes, onClose, children }: Properties) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  // Closed, not only taken away: what had the focus before gets it back.
  const close = () => dialog.current?.close();
  const agree = () => {
    close();
    onYes();
  };
  return (
    <dialog ref={dialog} class="panel" aria-label={title} onClose={onClose}>
      <div class="padded">
        <h2>{title}</h2>
        <div>{children}</div>
        <div class="line">
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button type="button" class="first" onClick={agree}>
            {yes}
          </button>
        </div>
      </div>
    </dialog>
  );
}
