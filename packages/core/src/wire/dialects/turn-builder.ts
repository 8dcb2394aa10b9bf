import type { Status } from "../../capture/record.ts";
import { parseJson } from "./json-field.ts";
import type { ModelTurn, ToolRequest, TurnUsage } from "./model-turn.ts";

const MAX_TEXT_LENGTH = 64 * 1024;
/** Of all arguments of one turn together; what is longer is kept up to here, as text. */
const MAX_ARGUMENTS_LENGTH = 16 * 1024 * 1024;
const MAX_CALLS = 1_024;

interface CallDraft {
  id: string | undefined;
  name: string | undefined;
  pieces: string[];
  /** Arguments that came as a value. */
  value?: unknown;
  outcome?: { readonly status: Status; readonly result?: unknown };
}

/** Puts one answer together from its pieces, in bounded memory. */
export class TurnBuilder {
  responseId: string | undefined;
  model: string | undefined;
  finishReason: string | undefined;
  usage: TurnUsage = {};
  state: ModelTurn["state"] = "underway";
  /** Something that belongs to the dialect was seen. */
  isKnown = false;
  readonly #calls = new Map<unknown, CallDraft>();
  #text: string[] = [];
  #textLength = 0;
  #argumentsLength = 0;

  addText(text: string | undefined): void {
    if (text === undefined || this.#textLength >= MAX_TEXT_LENGTH) return;
    const kept = text.slice(0, MAX_TEXT_LENGTH - this.#textLength);
    this.#textLength += kept.length;
    this.#text.push(kept);
  }

  /** Names the call at a place of the answer; what is undefined stays as it was. */
  nameCall(place: unknown, id: string | undefined, name: string | undefined): void {
    const draft = this.#call(place);
    if (draft === undefined) return;
    draft.id ??= id;
    draft.name ??= name;
  }

  addArguments(place: unknown, text: string | undefined): void {
    const draft = text === undefined ? undefined : this.#call(place);
    if (draft === undefined || text === undefined) return;
    const kept = text.slice(0, MAX_ARGUMENTS_LENGTH - this.#argumentsLength);
    this.#argumentsLength += kept.length;
    draft.pieces.push(kept);
  }

  /** The arguments as a whole, in place of pieces that came before. */
  setArguments(place: unknown, value: unknown): void {
    const draft = this.#call(place);
    if (draft === undefined) return;
    draft.pieces = [];
    draft.value = value;
  }

  setOutcome(place: unknown, outcome: NonNullable<ToolRequest["outcome"]>): void {
    const draft = this.#call(place);
    if (draft !== undefined) draft.outcome = outcome;
  }

  hasCall(place: unknown): boolean {
    return this.#calls.has(place);
  }

  build(): ModelTurn | undefined {
    if (!this.isKnown) return undefined;
    const text = this.#text.join("");
    return {
      ...this.usage,
      responseId: this.responseId,
      model: this.model,
      finishReason: this.finishReason,
      text: text === "" ? undefined : text,
      requests: [...this.#calls.values()].flatMap(requestOf),
      state: this.state,
    };
  }

  #call(place: unknown): CallDraft | undefined {
    const known = this.#calls.get(place);
    if (known !== undefined || this.#calls.size >= MAX_CALLS) return known;
    const draft: CallDraft = { id: undefined, name: undefined, pieces: [] };
    this.#calls.set(place, draft);
    return draft;
  }
}

/** A call without id or name cannot be told from another, so it is none. */
function requestOf(draft: CallDraft): ToolRequest[] {
  const { id, name, outcome } = draft;
  if (id === undefined || name === undefined) return [];
  return [
    { id, name, arguments: argumentsOf(draft), ...(outcome === undefined ? {} : { outcome }) },
  ];
}

function argumentsOf({ pieces, value }: CallDraft): unknown {
  if (pieces.length === 0) return value;
  return argumentsOfText(pieces.join(""));
}

/** Models leave the arguments empty where a tool takes none. */
export function argumentsOfText(text: string): unknown {
  return text.trim() === "" ? {} : (parseJson(text) ?? text);
}
