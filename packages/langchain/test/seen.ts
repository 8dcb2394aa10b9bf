import type { SeenRow } from "../../../test/seen/seen-row.ts";
import { recorded } from "./recorded.ts";
import { SCENARIOS } from "./scenarios.ts";

const records = (name: string) => async () => {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (!scenario) throw new Error(`no scenario "${name}"`);
  return recorded((handler) => scenario.run([handler]).catch(() => undefined));
};

export const SEEN: readonly SeenRow[] = [
  {
    host: "LangChain and LangGraph",
    way: "`registerCaum` or a handler",
    cells: {
      requested: records("a call that nobody executes"),
      executed: records("a tool that works, with a thread"),
      answered: records("a tool call that middleware answers by itself"),
      denied: records("a call that a person denies after an interrupt"),
      cancelled: records("a run that is aborted"),
      retried: records("a tool call that is tried again"),
      edited: records("a call that a person changes before it runs"),
      approved: records("a call that a person allows after an interrupt"),
    },
  },
];
