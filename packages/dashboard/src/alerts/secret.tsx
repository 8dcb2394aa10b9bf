import { CopyButton } from "../parts/command.tsx";

/** What signs a webhook; it is never shown again. */
export function Secret({ text, note }: { readonly text: string; readonly note: string }) {
  return (
    <p class="line">
      <span>{note}</span> <code>{text}</code>
      <CopyButton text={text} label="the secret" />
    </p>
  );
}
