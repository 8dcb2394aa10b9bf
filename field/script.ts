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

/** The loop comes last: some clients end the run when they see one. */
export const TURNS: readonly (readonly ScriptedCall[])[] = [
  [echo(`hello ${CANARY}`)],
  [{ kind: "shell", command: `echo ${CANARY}` }],
  [{ kind: "failing_edit" }],
  [echo(`one ${CANARY}`), echo(`two ${CANARY}`), { kind: "shell", command: "echo beside" }],
  [{ kind: "shell", command: `echo ${CANARY} >&2; exit 3` }],
  ...Array.from({ length: 5 }, () => [fail]),
];

/** What the model says when the script is over. */
export const GOODBYE = `done ${CANARY}`;
