import { type BodyTap, TapLeader } from "./body-tap.ts";
import { tappedStream } from "./tapped-stream.ts";
import { watchStream } from "./watched-stream.ts";

/** What reads a body as a whole. */
const READERS = ["arrayBuffer", "blob", "bytes", "formData", "json", "text"] as const;
type WholeReader = (typeof READERS)[number];

/** The members of the class itself, which work on the body as it came. */
interface NativeBody {
  readonly body: () => ReadableStream<Uint8Array> | null;
  readonly clone: () => Response;
  readonly read: (name: WholeReader) => unknown;
  readonly Class: typeof Response;
}

/**
 * Shows the body of a response to a tap, in place: it stays the same object, with its own headers,
 * URL, class and stream.
 *
 * What reads the stream is watched. What reads the body as a whole does so inside the platform, and
 * is led through a second response; all else is untouched.
 *
 * @returns false when it is not a plain response with a web stream; then nothing was changed
 */
export function tapResponse(response: Response, tap: BodyTap): boolean {
  try {
    const native = nativeBodyOf(response);
    const body = native?.body();
    if (native === undefined || !isUntouched(response, body)) return false;
    lead(response, native, body, new TapLeader(tap));
    return true;
  } catch {
    return false;
  }
}

function isUntouched(
  response: Response,
  body: ReadableStream<Uint8Array> | null | undefined,
): body is ReadableStream<Uint8Array> {
  if (!Object.isExtensible(response)) return false;
  return body instanceof ReadableStream && !body.locked && !response.bodyUsed;
}

function lead(
  response: Response,
  native: NativeBody,
  body: ReadableStream<Uint8Array>,
  leader: TapLeader,
): void {
  const isUnusable = () => response.bodyUsed || native.body()?.locked === true;
  const define = (name: string, value: unknown) =>
    Object.defineProperty(response, name, { configurable: true, writable: true, value });
  watchStream(body, leader);
  const tap = leader.follow();
  for (const name of READERS) {
    if (!(name in response)) continue;
    define(name, () => {
      // Refused where the bare response would refuse, with the platform's own error.
      if (isUnusable()) return native.read(name);
      // A clone that was made before has put another stream in the place of the first.
      const openReader = () => new ReadableStreamDefaultReader(native.body() ?? body);
      const whole = new native.Class(tappedStream(openReader, tap), { headers: response.headers });
      return whole[name]();
    });
  }
  define("clone", () => {
    const copy = native.clone();
    const [own, other] = [native.body(), nativeBodyOf(copy)];
    if (own !== null) watchStream(own, leader);
    const stream = other?.body();
    if (other !== undefined && stream) lead(copy, other, stream, leader);
    return copy;
  });
}

/** Absent when somebody put members of their own on the response: those must go on working. */
function nativeBodyOf(response: Response): NativeBody | undefined {
  const prototype = ownerOf(response, "body");
  if (prototype === undefined || prototype === response) return undefined;
  for (const name of ["bodyUsed", "clone", ...READERS]) {
    if (name in response && ownerOf(response, name) !== prototype) return undefined;
  }
  const body = Object.getOwnPropertyDescriptor(prototype, "body")?.get;
  const methodOf = (name: string) => Object.getOwnPropertyDescriptor(prototype, name)?.value;
  return {
    body: () => body?.call(response) ?? null,
    clone: () => methodOf("clone").call(response),
    read: (name) => methodOf(name).call(response),
    // The owner of the `body` accessor is the prototype of the Response class in use.
    Class: prototype.constructor as typeof Response,
  };
}

function ownerOf(object: object, name: string): object | undefined {
  let owner: object | null = object;
  while (owner !== null && !Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner);
  return owner ?? undefined;
}
