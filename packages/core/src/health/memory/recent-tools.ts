import { parseJson } from "../../capture/foreign-json.ts";
import { LONGEST_PERIOD } from "./layout.ts";

/** Names of tools are labels of at most this much. */
const MAX_NAME = 64;

/** Who did the last steps, by name: an alert that names no tool helps nobody. */
export class RecentTools {
  /** Of the last 8 calls, latest last. */
  #calls: string[] = [];
  #speaker = "";

  noteCall(tool: string): void {
    this.#calls.push(tool.slice(0, MAX_NAME));
    if (this.#calls.length > LONGEST_PERIOD) this.#calls.shift();
  }

  noteSpeaker(name: string): void {
    this.#speaker = name.slice(0, MAX_NAME);
  }

  /** The tools of the last calls in the order of their first use, each once; 0 calls mean all. */
  ofCalls(count: number): readonly string[] {
    return [...new Set(count === 0 ? this.#calls : this.#calls.slice(-count))];
  }

  /** Who spoke last. */
  get speaker(): string {
    return this.#speaker;
  }

  /** The names as text, for `restore`. */
  save(): string {
    return JSON.stringify([this.#speaker, ...this.#calls]);
  }

  /** @throws {RangeError} when `save` did not write it */
  static restore(text: string): RecentTools {
    const names: unknown = parseJson(text);
    if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) {
      throw new RangeError("not a saved health state of this version: replay the session");
    }
    const tools = new RecentTools();
    const [speaker = "", ...calls] = names;
    tools.#speaker = speaker;
    tools.#calls = calls;
    return tools;
  }
}
