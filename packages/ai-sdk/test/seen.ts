import type { SeenRow } from "../../../test/seen/seen-row.ts";
import { recorded } from "./recorded.ts";
import { SCENARIOS } from "./scenarios.ts";

const records = (name: string) => async () => {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (!scenario) throw new Error(`no scenario "${name}"`);
  return recorded(() => scenario.run().catch(() => undefined));
};

export const SEEN: readonly SeenRow[] = [
  {
    host: "Vercel AI SDK",
    way: "`registerCaum`",
    cells: {
      requested: records("a tool without execute"),
      executed: records("a dynamic tool"),
      answered: records("a client's tool, answered in the next request"),
      denied: records("a tool that is denied automatically"),
      cancelled: records("a tool that an abort stops"),
      "provider-executed": records("a tool that the provider executes"),
      approved: records("a tool that a person allows"),
    },
  },
];
