/** What every emitter's agent does: the turns of a scripted model. */

export interface ScriptedTurn {
  readonly calls: readonly { readonly tool: string; readonly input: Readonly<object> }[];
  /** Input, of it cached, output, of it reasoning. */
  readonly tokens: readonly [number, number, number, number];
}

export interface Script {
  readonly turns: readonly ScriptedTurn[];
}

/** Planted in prompts, arguments, results, errors, metadata and resources; stored nowhere. */
export const CANARY = "canary-91c4e7";
export const CONVERSATION = "emitters-conversation-1";

const input = (city: string) => ({ city, note: CANARY });
const LAST: ScriptedTurn = { calls: [], tokens: [203, 43, 19, 7] };
const FAILING: ScriptedTurn = {
  calls: [{ tool: "broken", input: input("Oslo") }],
  tokens: [101, 31, 17, 5],
};

/** One call succeeds and one fails; 304 tokens in and 36 out. */
export const RUN: Script = {
  turns: [
    {
      calls: [
        { tool: "lookup", input: input("Rome") },
        { tool: "broken", input: input("Oslo") },
      ],
      tokens: [101, 31, 17, 5],
    },
    LAST,
  ],
};

/** The same, where the emitter's own model drops all but the last call of a turn. */
export const RUN_ONE_BY_ONE: Script = {
  turns: [
    { calls: [{ tool: "lookup", input: input("Rome") }], tokens: [51, 31, 8, 2] },
    { calls: [{ tool: "broken", input: input("Oslo") }], tokens: [50, 0, 9, 3] },
    LAST,
  ],
};

/** The same call, which succeeds with the same answer, turn after turn. */
export const STEADY_LOOP: Script = {
  turns: [
    ...Array.from(
      { length: 6 },
      (): ScriptedTurn => ({
        calls: [{ tool: "lookup", input: input("Rome") }],
        tokens: [101, 31, 17, 5],
      }),
    ),
    LAST,
  ],
};

/** The same call, which fails, turn after turn. */
export const LOOP: Script = { turns: [...Array.from({ length: 6 }, () => FAILING), LAST] };

/** The call with which a loop of equal calls gets a hard alert: docs/signals.md. */
export const ALERT_AT_CALL = 4;
