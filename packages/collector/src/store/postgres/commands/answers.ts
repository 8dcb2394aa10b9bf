import type { Command, CommandAnswer } from "../../command.ts";

export type CommandOf<K extends Command["kind"]> = Extract<Command, { kind: K }>;

export const NOT_FOUND: CommandAnswer = { kind: "refused", code: "NOT_FOUND" };
export const CONFLICT: CommandAnswer = { kind: "refused", code: "CONFLICT" };

export function done(value: number): CommandAnswer {
  return { kind: "done", value };
}
