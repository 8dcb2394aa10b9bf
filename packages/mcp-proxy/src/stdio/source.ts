/** Where the bytes of a direction come from, read in the cheapest way that there is for them. */
import { fstatSync } from "node:fs";
import { Socket, type SocketConstructorOpts } from "node:net";
import type { Readable } from "node:stream";

/** Takes bytes that are valid until it returns, and tells whether more may come at once. */
export type Pass = (chunk: Buffer) => boolean;
/** Begins to read. What it answers is resumed after a pass that told to wait. */
export type Source = (pass: Pass) => Readable;

/** What Node's own pipes read at once. */
const BUFFER_BYTES = 64 * 1024;
const STDIN = 0;

/** Node's own object below the stream of a pipe. It is not documented: each method is asked for. */
interface PipeHandle {
  readonly readStop?: unknown;
  readonly useUserBuffer?: unknown;
}
type Pipe = { readonly fd: number } | { readonly handle: PipeHandle };

/** What the client sends. Touching `process.stdin` as well would read the pipe twice. */
export function clientInput(): Source {
  return isPipe(STDIN) ? pipe({ fd: STDIN }) : stream(process.stdin);
}

/** What the server answers. */
export function serverOutput(stdout: Readable): Source {
  const handle = takeHandle(stdout);
  return handle ? pipe({ handle }) : stream(stdout);
}

/** Whether it can be read or written without stopping the other direction. */
export function isPipe(fd: number): boolean {
  const kind = fstatSync(fd);
  return kind.isFIFO() || kind.isSocket();
}

/** Reads into one buffer again and again: no memory is asked for, chunk by chunk. */
function pipe(from: Pipe): Source {
  return (pass) => {
    const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
    const callback = (byteLength: number) => pass(buffer.subarray(0, byteLength));
    const options = { ...from, writable: false, onread: { buffer, callback } };
    // The types know other handles; this one was asked for its methods.
    return new Socket(options as SocketConstructorOpts).resume();
  };
}

function stream(source: Readable): Source {
  return (pass) =>
    source.on("data", (chunk: Buffer) => {
      if (!pass(chunk)) source.pause();
    });
}

/**
 * The pipe of a child's stdout, taken away from the stream that `spawn` made: there is no documented
 * way to have it read into a given buffer. Undefined where Node has none or another one.
 */
function takeHandle(stdout: Readable): PipeHandle | undefined {
  const owner = stdout as { _handle?: PipeHandle | null }; // read as unknown, checked below
  const handle = owner._handle;
  if (!handle || process.platform === "win32") return undefined;
  if (typeof handle.readStop !== "function") return undefined;
  if (typeof handle.useUserBuffer !== "function") return undefined;
  owner._handle = null;
  return handle;
}
