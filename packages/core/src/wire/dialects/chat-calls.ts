import { parseJson } from "../../capture/foreign-json.ts";
import { countOf, type JsonObject, objectOf, textOf } from "./json-field.ts";
import type { TurnBuilder } from "./turn-builder.ts";

/** The calls of a streamed chat answer, as its pieces name them. */
export class ChatCalls {
  readonly #builder: TurnBuilder;
  /** Where the pieces of a slot go at the moment. */
  readonly #places = new Map<string, string>();
  #count = 0;

  constructor(builder: TurnBuilder) {
    this.#builder = builder;
  }

  /**
   * A piece says its index; servers that leave it out name the call in every piece instead.
   *
   * @param choice which of several answers to choose from it belongs to
   */
  add(choice: number, piece: JsonObject): void {
    const called = objectOf(piece.function ?? piece.custom);
    const id = textOf(piece.id) || undefined;
    const slot = countOf(piece.index) ?? id ?? 0;
    this.#put(`${choice} ${slot}`, choice, id, called);
  }

  /** The one call that the format had before there could be several. */
  addFunction(choice: number, called: JsonObject): void {
    this.#put(`${choice} function`, choice, undefined, called);
  }

  #put(slot: string, choice: number, id: string | undefined, called: JsonObject): void {
    const name = textOf(called.name) || undefined;
    const text = textOf(called.arguments) ?? textOf(called.input);
    let place = this.#places.get(slot);
    if (place === undefined || this.#isAnother(place, id, name, text)) {
      this.#count += 1;
      place = `${slot} ${this.#count}`;
      this.#places.set(slot, place);
    }
    this.#builder.nameCall(place, { id, name, ...(choice > 0 && { choice }) });
    this.#builder.addArguments(place, text);
  }

  /** Some servers stream calls side by side and give all of them the index 0. */
  #isAnother(
    place: string,
    id: string | undefined,
    name: string | undefined,
    text: string | undefined,
  ): boolean {
    const begins = text?.trimStart().startsWith("{") === true;
    if (id === undefined && name === undefined && !begins) return false;
    const draft = this.#builder.draftOf(place);
    if (id !== undefined && draft.id !== undefined && id !== draft.id) return true;
    // Nothing follows a whole object, so what comes then belongs to the next call.
    const isNext = begins || (name !== undefined && name !== draft.name);
    return isNext && parseJson(draft.text()) !== undefined;
  }
}
