import { parseJson } from "../../capture/foreign-json.ts";
import type { ModelTurn, ToolAnswer, ToolOutcome, ToolRequest, TurnUsage } from "./model-turn.ts";

const MAX_TEXT_LENGTH = 64 * 1024;
/** Of all arguments of one turn together; what is longer is kept up to here, as text. */
const MAX_ARGUMENTS_LENGTH = 16 * 1024 * 1024;
const MAX_CALLS = 1_024;
const MAX_CHOICES = 128;

/** What a piece of an answer says of one call. */
export type CallPiece = Partial<Omit<ToolRequest, "arguments" | "name">> & {
  readonly name?: string | undefined;
};

interface CallDraft {
  facts: CallPiece;
  pieces: string[];
  /** Arguments that came as a value. */
  value?: unknown;
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
  /** The vendor goes on by itself when it is asked to. */
  isPaused = false;
  readonly #calls = new Map<unknown, CallDraft>();
  readonly #results: ToolAnswer[] = [];
  readonly #texts = new Map<number, string[]>();
  #textLength = 0;
  #argumentsLength = 0;

  /** @param choice which of several answers to choose from says it */
  addText(text: string | undefined, choice = 0): void {
    if (text === undefined || this.#textLength >= MAX_TEXT_LENGTH) return;
    if (!this.#texts.has(choice) && this.#texts.size >= MAX_CHOICES) return;
    const kept = text.slice(0, MAX_TEXT_LENGTH - this.#textLength);
    this.#textLength += kept.length;
    const pieces = this.#texts.get(choice);
    if (pieces === undefined) this.#texts.set(choice, [kept]);
    else pieces.push(kept);
  }

  /** Says what is known of the call at a place of the answer; what was said before stays. */
  nameCall(place: unknown, piece: CallPiece): void {
    const draft = this.#call(place);
    if (draft === undefined) return;
    const id = draft.facts.id ?? (piece.id || undefined);
    const name = draft.facts.name ?? (piece.name || undefined);
    draft.facts = { ...draft.facts, ...piece, id, name };
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

  /** A result that names the call it is of, in this answer or in an earlier one. */
  addResult(result: ToolAnswer): void {
    if (this.#results.length < MAX_CALLS) this.#results.push(result);
  }

  /** What came of a call so far; its arguments as text, put together when they are asked for. */
  draftOf(place: unknown): Pick<CallPiece, "id" | "name"> & { readonly text: () => string } {
    const draft = this.#calls.get(place);
    return {
      id: draft?.facts.id,
      name: draft?.facts.name,
      text: () => draft?.pieces.join("") ?? "",
    };
  }

  build(): ModelTurn | undefined {
    if (!this.isKnown) return undefined;
    const said = new Map([...this.#texts].map(([choice, pieces]) => [choice, pieces.join("")]));
    const outcomes = new Map<CallDraft, ToolOutcome>();
    const results = this.#results.filter((result) => {
      const draft = this.#openCall(result, outcomes);
      if (draft !== undefined) outcomes.set(draft, result);
      return draft === undefined;
    });
    const requests = [...this.#calls.values()].flatMap((draft) =>
      requestOf(draft, outcomes.get(draft)),
    );
    return {
      ...this.usage,
      responseId: this.responseId,
      model: this.model,
      finishReason: this.finishReason,
      text: said.get(0) || undefined,
      otherTexts: [...said].flatMap(([choice, text]) => (choice === 0 || text === "" ? [] : text)),
      requests,
      results: results.map(({ id, status, result }) => ({ id, status, result })),
      goesOn: this.isPaused || requests.some(({ isVendors }) => isVendors !== true),
      state: this.state,
    };
  }

  #openCall({ id }: ToolAnswer, done: ReadonlyMap<CallDraft, unknown>): CallDraft | undefined {
    if (id === undefined) return undefined;
    for (const draft of this.#calls.values()) {
      if (draft.facts.id === id && !done.has(draft)) return draft;
    }
    return undefined;
  }

  #call(place: unknown): CallDraft | undefined {
    const known = this.#calls.get(place);
    if (known !== undefined || this.#calls.size >= MAX_CALLS) return known;
    const draft: CallDraft = { facts: {}, pieces: [] };
    this.#calls.set(place, draft);
    return draft;
  }
}

/** A call without a name is none. */
function requestOf(draft: CallDraft, later: ToolOutcome | undefined): ToolRequest[] {
  const { name, outcome = later, isVendors } = draft.facts;
  if (name === undefined) return [];
  const values = { arguments: argumentsOf(draft) };
  const known = Object.entries(draft.facts).filter(([, value]) => value !== undefined);
  // Fields of a request, as they were told.
  const facts = Object.fromEntries(known) as CallPiece;
  // What has its result in the same answer was run by the vendor, also where callers may run it.
  const ranThere = isVendors === true || later !== undefined;
  return [
    {
      ...facts,
      name,
      ...values,
      ...(ranThere && { isVendors: true }),
      ...(outcome !== undefined && { outcome: outcomeOf(outcome) }),
    },
  ];
}

function outcomeOf({ status, result }: ToolOutcome): ToolOutcome {
  return { status, result };
}

function argumentsOf({ pieces, value }: CallDraft): unknown {
  if (pieces.length === 0) return value;
  return argumentsOfText(pieces.join(""));
}

/** Models leave the arguments empty where a tool takes none. */
export function argumentsOfText(text: string): unknown {
  return text.trim() === "" ? {} : (parseJson(text) ?? text);
}
