/** What a model says, before it is put into a vendor's words. */
export interface Answer {
  readonly text?: string;
  readonly calls?: readonly RequestedCall[];
  /** Calls of tools that the vendor runs by itself, with their results; chats have none. */
  readonly vendorCalls?: readonly VendorCall[];
  /** All streamed calls of a chat have the index 0, as some servers do it. */
  readonly isSameIndex?: boolean;
  /** Size of the pieces in which text and arguments are streamed, in characters. */
  readonly pieceLength?: number;
}

export interface RequestedCall {
  /** Left out by some servers. */
  readonly id?: string;
  readonly name: string;
  /** The arguments as the model writes them, not always JSON. */
  readonly arguments: string;
}

export interface VendorCall {
  readonly id: string;
  readonly name: string;
  readonly hasFailed?: boolean;
}

/** Tokens of every answer; fixed, so that tests can name them. */
export const USAGE = { input: 120, cached: 20, output: 12, reasoning: 4 } as const;

/** Fixed time of creation, so that two equal requests get equal bytes. */
export const CREATED = 1_750_000_000;

/** A text in pieces; characters outside the basic plane are not cut in two. */
export function piecesOf(text: string, length = 16): string[] {
  const characters = [...text];
  const pieces: string[] = [];
  for (let start = 0; start < characters.length; start += length) {
    pieces.push(characters.slice(start, start + length).join(""));
  }
  return pieces;
}

/** One server-sent event. */
export function sse(data: unknown, event?: string): string {
  const text = typeof data === "string" ? data : JSON.stringify(data);
  return `${event === undefined ? "" : `event: ${event}\n`}data: ${text}\n\n`;
}
