/** What a sender calls a turn of the model, where other steps have the name of a tool. */
const WORDS: ReadonlySet<string> = new Set([
  "llm_call",
  "model_call",
  "model_turn",
  "assistant_message",
  "reasoning",
]);

/** Whether a step is something that the agent said or thought, and no call of a tool. */
export function isSpeech(word: string | null | undefined): boolean {
  return word !== undefined && word !== null && WORDS.has(word.toLowerCase());
}
