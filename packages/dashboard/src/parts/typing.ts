/** What is typed into a field is text, and keys with others are the browser's. */
export function isTyping({ target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return (
    ctrlKey ||
    metaKey ||
    altKey ||
    target instanceof HTMLInputElement ||
    target instanceof HTMLSelectElement
  );
}
