import { type BodyTap, isByteStream, tappedStream } from "./tapped-stream.ts";

/** Everything through which a body can be read. */
const READERS = ["arrayBuffer", "blob", "bytes", "formData", "json", "text"] as const;

/** The members of the class itself, which work on the body as it came. */
interface NativeBody {
  readonly body: () => ReadableStream<Uint8Array> | null;
  readonly clone: () => Response;
  readonly Class: typeof Response;
}

/**
 * Shows the body of a response to a tap, in place: it stays the same object, with its own headers,
 * URL and class.
 *
 * The body and its readers are led through a second response that holds the tapped stream; all else
 * is untouched.
 *
 * @returns false when it is not a plain response with a web stream; then nothing was changed
 */
export function tapResponse(response: Response, tap: BodyTap): boolean {
  try {
    const native = nativeBodyOf(response);
    const body = native?.body();
    if (native === undefined || !isUntouched(response, body)) return false;
    const leader = new Leader(tap);
    lead(response, native, leader);
    return true;
  } catch {
    return false;
  }
}

function isUntouched(
  response: Response,
  body: ReadableStream<Uint8Array> | null | undefined,
): body is ReadableStream<Uint8Array> {
  return body instanceof ReadableStream && !body.locked && !response.bodyUsed;
}

/** A clone has the same bytes: the tap sees those of whichever is read first. */
class Leader {
  readonly #tap: BodyTap;
  #first: symbol | undefined;

  constructor(tap: BodyTap) {
    this.#tap = tap;
  }

  follow(): BodyTap {
    const self = Symbol("reader");
    const isFirst = () => {
      this.#first ??= self;
      return this.#first === self;
    };
    let isOver = false;
    // A body ends once, though a failure reaches every promise that waits for it.
    const end = (tell: () => void) => {
      if (isOver || !isFirst()) return;
      isOver = true;
      tell();
    };
    return {
      onChunk: (chunk) => isFirst() && this.#tap.onChunk(chunk),
      onEnd: () => end(() => this.#tap.onEnd()),
      onError: () => end(() => this.#tap.onError()),
      onCancel: () => end(() => this.#tap.onCancel()),
    };
  }
}

function lead(response: Response, native: NativeBody, leader: Leader): void {
  const original = native.body();
  if (original === null) return;
  // Asked for at the first read: a clone made before it has put another stream in its place. The
  // closure also keeps the response alive, whose end would close the body.
  const source = () => native.body() ?? original;
  const stream = tappedStream(source, leader.follow(), isByteStream(original));
  const carrier = new native.Class(stream, { headers: response.headers });
  const define = (name: string, descriptor: PropertyDescriptor) =>
    Object.defineProperty(response, name, { configurable: true, ...descriptor });
  define("body", { get: () => carrier.body });
  define("bodyUsed", { get: () => carrier.bodyUsed });
  for (const name of READERS) {
    if (name in carrier) define(name, { writable: true, value: () => carrier[name]() });
  }
  const clone = () => {
    // Refused where the bare response would refuse, with the platform's own error.
    if (carrier.bodyUsed || carrier.body?.locked) return carrier.clone();
    const copy = native.clone();
    lead(copy, { ...native, ...boundTo(copy, native.Class.prototype) }, leader);
    return copy;
  };
  define("clone", { writable: true, value: clone });
}

/** Absent when somebody put members of their own on the response: those must go on working. */
function nativeBodyOf(response: Response): NativeBody | undefined {
  const prototype = ownerOf(response, "body");
  if (prototype === undefined || prototype === response) return undefined;
  for (const name of ["bodyUsed", "clone", ...READERS]) {
    if (name in response && ownerOf(response, name) !== prototype) return undefined;
  }
  // The owner of the `body` accessor is the prototype of the Response class in use.
  const Class = prototype.constructor as typeof Response;
  return { ...boundTo(response, prototype), Class };
}

function boundTo(response: Response, prototype: object): Pick<NativeBody, "body" | "clone"> {
  const body = Object.getOwnPropertyDescriptor(prototype, "body")?.get;
  const clone = Object.getOwnPropertyDescriptor(prototype, "clone")?.value;
  return {
    body: () => body?.call(response) ?? null,
    clone: () => clone.call(response),
  };
}

function ownerOf(object: object, name: string): object | undefined {
  let owner: object | null = object;
  while (owner !== null && !Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner);
  return owner ?? undefined;
}
