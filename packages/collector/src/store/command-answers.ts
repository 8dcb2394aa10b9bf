import type { Command, CommandAnswer } from "./command.ts";

export type CommandOf<K extends Command["kind"]> = Extract<Command, { kind: K }>;

export const NOT_FOUND: CommandAnswer = { kind: "refused", code: "NOT_FOUND" };
export const CONFLICT: CommandAnswer = { kind: "refused", code: "CONFLICT" };

/** @param value how many rows changed, or what the command answers */
export function done(value: number | bigint): CommandAnswer {
  return { kind: "done", value: Number(value) };
}
