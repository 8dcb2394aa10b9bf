import { LAYERS, type Layer, type StructuralRecord } from "../../capture/record.ts";
import { ECHO } from "./layer-choice.ts";

/** One telling of a call: the start of its id and the layer that told it, of fixed width. */
export type Telling = string;

const ID_LENGTH = 8;
const WIDTH = ID_LENGTH + 1;
const ECHO_MARK = `${LAYERS.indexOf(ECHO)}`;
/** Tellings of one call are this close to each other, or they count as two calls. */
const MAX_TOLD = 128;

/** How a record tells a call; undefined when it names none. */
export function tellingOf(record: StructuralRecord, layer: Layer): Telling | undefined {
  if (record.category !== "tool_api" || record.payload.toolCallId === undefined) return undefined;
  const id = record.payload.toolCallId.slice(0, ID_LENGTH).padEnd(ID_LENGTH);
  return `${id}${LAYERS.indexOf(layer)}`;
}

/** Whether telemetry tells it. */
export function isEcho(telling: Telling | undefined): telling is Telling {
  return telling?.endsWith(ECHO_MARK) === true;
}

/** Telemetry's telling of the same call. */
export function echoOf(telling: Telling): Telling {
  return `${telling.slice(0, ID_LENGTH)}${ECHO_MARK}`;
}

/**
 * The latest tellings of a session's calls, as one short text, so that it is stored with the session.
 *
 * The same call may be told by several layers, once by each; some servers give one id to several
 * calls, which every layer then tells several times. So there are as many calls with an id as the
 * layer tells of that tells of the most.
 */
export class ToldCalls {
  #tellings: string;

  constructor(tellings = "") {
    this.#tellings = tellings;
  }

  /** @returns false when another layer told of the call before */
  add(telling: Telling): boolean {
    const isNew = !this.has(telling);
    this.#tellings = (this.#tellings + telling).slice(-MAX_TOLD * WIDTH);
    return isNew;
  }

  /** Whether another layer told of the call that would be told now. */
  has(telling: Telling): boolean {
    const counts = LAYERS.map(() => 0);
    for (let at = 0; at < this.#tellings.length; at += WIDTH) {
      if (!this.#tellings.startsWith(telling.slice(0, ID_LENGTH), at)) continue;
      const layer = Number(this.#tellings[at + ID_LENGTH]);
      counts[layer] = (counts[layer] ?? 0) + 1;
    }
    const own = counts[Number(telling[ID_LENGTH])] ?? 0;
    return own < Math.max(...counts);
  }

  save(): string {
    return this.#tellings;
  }

  copy(): ToldCalls {
    return new ToldCalls(this.#tellings);
  }
}
