/** What the scripted model asks for, turn by turn: the same for every client and every wire. */

export type ScriptedCall =
  | {
      readonly kind: "mcp";
      readonly tool: string;
      readonly input: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: "shell"; readonly command: string }
  /** An edit of a text that the file does not hold. */
  | { readonly kind: "failing_edit" };

const echo = (message: string): ScriptedCall => ({ kind: "mcp", tool: "echo", input: { message } });
const fail: ScriptedCall = { kind: "mcp", tool: "fail", input: { code: 7 } };

/** Planted in arguments, results, files and prompts; found nowhere under CAUM_HOME. */
export const CANARY = "canary-5e0b71";
export const PROMPT = `Follow the script ${CANARY}`;
export const FILE = "notes.txt";

export const TURNS: readonly (readonly ScriptedCall[])[] = [
  [echo(`hello ${CANARY}`)],
  [{ kind: "shell", command: `echo ${CANARY}` }],
  [{ kind: "failing_edit" }],
  ...Array.from({ length: 5 }, () => [fail]),
  [echo(`one ${CANARY}`), echo(`two ${CANARY}`), { kind: "shell", command: "echo beside" }],
  [{ kind: "shell", command: `echo ${CANARY} >&2; exit 3` }],
];

/** What the model says when the script is over. */
export const GOODBYE = `done ${CANARY}`;

/**
 * The turn that comes after so many answered calls; undefined when the script is over. A client that
 * refuses a call answers it too, so the number tells the place.
 */
export function turnAfter(answered: number): readonly ScriptedCall[] | undefined {
  let before = 0;
  for (const turn of TURNS) {
    if (answered <= before) return turn;
    before += turn.length;
  }
  return undefined;
}
