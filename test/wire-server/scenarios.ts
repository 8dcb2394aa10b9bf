import type { Answer } from "./answer.ts";

/** What the server does with the bytes of an answer; the model name of the request chooses it. */
export interface Scenario {
  readonly answer: Answer;
  /** Status and body instead of an answer; at the first attempt only when `thenOk`. */
  readonly failure?: {
    readonly status: number;
    readonly html?: boolean;
    readonly thenOk?: boolean;
  };
  /** The socket is destroyed after this many parts of the body. */
  readonly cutAfter?: number;
  /** After this many parts the server waits until the client closes or the test calls `release`. */
  readonly holdAfter?: number;
  /** The first attempt is left waiting: for everything, or for the body only. */
  readonly stallsAt?: "head" | "body";
  /** Parts are sent in pieces of this many bytes, each in a turn of its own. */
  readonly chunkBytes?: number;
  readonly gzip?: boolean;
  /** A body that no dialect knows. */
  readonly raw?: { readonly contentType: string; readonly body: string };
  /** The same tools are asked for again, whatever was answered. */
  readonly repeats?: boolean;
}

const WEATHER = { id: "call_weather", name: "get_weather", arguments: '{"city":"Oslo"}' } as const;
const TIME = { id: "call_time", name: "get_time", arguments: '{"zone":"UTC"}' } as const;
const TEXT = "The quick brown fox jumps over the lazy dog.";
const MEBIBYTE = 1024 * 1024;

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  plain: { answer: { text: TEXT } },
  tools: { answer: { calls: [WEATHER] } },
  parallel: { answer: { text: "Both.", calls: [WEATHER, TIME] } },
  json: { answer: { text: '{"city":"Oslo","degrees":4}' } },
  repeats: { answer: { calls: [WEATHER] }, repeats: true },
  "no-ids": { answer: { calls: [without(WEATHER), without(TIME)] } },
  "empty-ids": {
    answer: {
      calls: [
        { ...WEATHER, id: "" },
        { ...TIME, id: "" },
      ],
    },
  },
  "same-ids": {
    answer: {
      calls: [
        { ...WEATHER, id: "call" },
        { ...TIME, id: "call" },
      ],
    },
  },
  "same-index": { answer: { calls: [WEATHER, TIME], isSameIndex: true } },
  "vendor-tools": {
    answer: {
      text: "Found.",
      vendorCalls: [
        { id: "srv_1", name: "web_search", hasFailed: true },
        { id: "srv_2", name: "web_search" },
      ],
      calls: [WEATHER],
    },
  },
  deltas: {
    answer: {
      calls: [{ ...WEATHER, arguments: JSON.stringify({ city: "Oslo".repeat(150) }) }],
      pieceLength: 2,
    },
  },
  multibyte: {
    answer: {
      text: "Ærlig talt: 漢字 👩‍🚀 — ça va",
      calls: [{ ...WEATHER, arguments: '{"by":"Tromsø 🌊"}' }],
    },
    chunkBytes: 1,
  },
  big: {
    answer: {
      calls: [{ ...WEATHER, arguments: JSON.stringify({ text: "x".repeat(5 * MEBIBYTE) }) }],
      pieceLength: 64 * 1024,
    },
  },
  "invalid-json": { answer: { calls: [{ ...WEATHER, arguments: '{"city": "Os' }] } },
  gzip: { answer: { text: TEXT, calls: [WEATHER] }, gzip: true },
  tiny: { answer: { text: TEXT, calls: [WEATHER, TIME] }, chunkBytes: 3 },
  cut: { answer: { text: TEXT.repeat(4) }, cutAfter: 3 },
  held: { answer: { text: TEXT.repeat(4) }, holdAfter: 4 },
  silent: { answer: { text: TEXT }, holdAfter: 0 },
  "late head": { answer: { text: TEXT }, stallsAt: "head" },
  "late body": { answer: { text: TEXT }, stallsAt: "body" },
  "bad-request": { answer: {}, failure: { status: 400 } },
  "not-found": { answer: {}, failure: { status: 404 } },
  limited: { answer: {}, failure: { status: 429 } },
  broken: { answer: {}, failure: { status: 500 } },
  flaky: { answer: { text: TEXT }, failure: { status: 500, thenOk: true } },
  html: { answer: {}, failure: { status: 502, html: true } },
  "html-ok": {
    answer: {},
    raw: { contentType: "text/html", body: "<html><body>welcome</body></html>" },
  },
  unknown: {
    answer: {},
    raw: {
      contentType: "application/json",
      body: '{"choices":7,"output":{"a":[null]},"content":"x"}',
    },
  },
  "not-json": { answer: {}, raw: { contentType: "application/json", body: '{"choices":[' } },
};

/** As of a server that leaves the id out. */
function without({ id: _, ...call }: typeof WEATHER | typeof TIME) {
  return call;
}
