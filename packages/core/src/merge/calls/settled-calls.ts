import { LatestMap } from "../process/recent-map.ts";
import type { Heard } from "./merge-table.ts";
import { nameIn, type OpenCall } from "./open-call.ts";
import type { Told } from "./open-tool-calls.ts";

const MAX_SETTLED = 10_000;

/** Calls that have their event: their executions, and their ids with and without a response. */
export class SettledCalls {
  readonly #runs = new LatestMap<string, true>(MAX_SETTLED);
  readonly #ids = new LatestMap<string, true>(2 * MAX_SETTLED);

  add({ id, idInResponse, response, copy, run }: OpenCall): void {
    if (run !== undefined) this.#runs.set(run, true);
    // A signal that does not say which copy it means finds that one of them is settled.
    const asCopy = copy > 0 ? nameIn(id, response, copy) : undefined;
    for (const name of response === undefined ? [id] : [id, idInResponse, asCopy]) {
      if (name !== undefined) this.#ids.set(name, true);
    }
  }

  /** Without a response to tell them apart, an execution with the id of another is a new one. */
  has(signal: Heard, told: Told): boolean {
    const { id, facts } = told;
    const { run, response, copy = 0 } = facts ?? {};
    if (run !== undefined && this.#runs.has(run)) return true;
    // Nothing else tells apart the calls of servers that repeat their ids.
    if (id === undefined || (signal === "requested" && run !== undefined)) return false;
    if (response !== undefined) {
      const isCopy = signal === "requested" && copy > 0;
      const name = isCopy ? nameIn(id, response, copy) : told.idInResponse;
      return name !== undefined && this.#ids.has(name);
    }
    return signal !== "requested" && run === undefined && this.#ids.has(id);
  }
}
