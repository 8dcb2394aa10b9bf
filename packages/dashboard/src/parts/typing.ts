/** Inputs that take no letters. */
const WITHOUT_TEXT: ReadonlySet<string> = new Set(["checkbox", "radio", "button", "submit"]);

/** What is typed into a field is text, and keys with others are the browser's. */
export function isTyping({ target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey) return true;
  if (target instanceof HTMLInputElement) return !WITHOUT_TEXT.has(target.type);
  // A letter chooses an option.
  return target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
}
