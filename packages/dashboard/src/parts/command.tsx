import { useState } from "preact/hooks";

const SHOWN_MS = 1_500;

/** Text for a terminal, with a button that copies it. */
export function Command({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div class="command">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, also by keyboard */}
      <pre tabIndex={0}>{text}</pre>
      <CopyButton text={text} label={label} />
    </div>
  );
}

export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [said, setSaid] = useState("Copy");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied");
    } catch {
      setSaid("Select it");
    }
    setTimeout(() => setSaid("Copy"), SHOWN_MS);
  };
  return (
    <button type="button" onClick={copy} aria-label={`${said} ${label}`}>
      {said}
    </button>
  );
}
