import type { BodyTap, TapLeader } from "./body-tap.ts";
import { tappedStream } from "./tapped-stream.ts";

type Bytes = ReadableStream<Uint8Array>;
type Result = { readonly done: boolean; readonly value?: unknown };
/** A reader or an iterator of the platform: what it answers is watched, and handed on as it is. */
type Source = Record<string, (...given: unknown[]) => unknown>;

// Every member of a stream that is called here is a method.
const native = ReadableStream.prototype as unknown as Source;
const watched = new WeakSet<object>();

/**
 * Shows what is read from a stream to a tap, in place.
 *
 * The stream, its readers and the very promises that they answer stay the platform's own. A stream
 * put in between takes a few microtasks for each chunk, and a connection that breaks in these loses
 * events that its reader would have had.
 */
export function watchStream(stream: Bytes, leader: TapLeader): void {
  if (watched.has(stream)) return;
  watched.add(stream);
  const tap = leader.follow();
  const call = (name: string, given: unknown[]) => native[name]?.apply(stream, given);
  const values = (...given: unknown[]) => watchIterator(call("values", given), tap, given[0]);
  // Inside the platform, where no promise can be seen: here a stream is put in between.
  const relay = (name: string, given: unknown[]) => {
    if (stream.locked) return call(name, given);
    const reader = new ReadableStreamDefaultReader(stream);
    return native[name]?.apply(
      tappedStream(() => reader, tap),
      given,
    );
  };
  replace(stream, {
    getReader: (...given: unknown[]) => watchReader(call("getReader", given), tap),
    values,
    [Symbol.asyncIterator]: values,
    cancel: (...given: unknown[]) => {
      if (!stream.locked) tap.onCancel();
      return call("cancel", given);
    },
    tee: () => {
      const branches = call("tee", []) as [Bytes, Bytes];
      for (const branch of branches) watchStream(branch, leader);
      return branches;
    },
    pipeTo: (...given: unknown[]) => relay("pipeTo", given),
    pipeThrough: (...given: unknown[]) => relay("pipeThrough", given),
  });
}

function watchReader(reader: unknown, tap: BodyTap): unknown {
  // Both kinds of reader have these two methods.
  const { read, cancel } = reader as Source;
  replace(reader as object, {
    read: (...given: unknown[]) => watchResult(read?.apply(reader, given), tap),
    cancel: (...given: unknown[]) => {
      tap.onCancel();
      return cancel?.apply(reader, given);
    },
  });
  return reader;
}

function watchIterator(iterator: unknown, tap: BodyTap, options: unknown): unknown {
  // Iterators of streams have both methods.
  const { next, return: leave } = iterator as Source;
  // What a caller may say to `values()`.
  const { preventCancel } = (options ?? {}) as { readonly preventCancel?: boolean };
  replace(iterator as object, {
    next: (...given: unknown[]) => watchResult(next?.apply(iterator, given), tap),
    return: (...given: unknown[]) => {
      if (preventCancel !== true) tap.onCancel();
      return leave?.apply(iterator, given);
    },
  });
  return iterator;
}

/** Answers the very promise; what hangs on it here runs before what its reader hangs on it. */
function watchResult(answer: unknown, tap: BodyTap): unknown {
  if (answer instanceof Promise) {
    answer.then(
      ({ done, value }: Result) => {
        if (done) tap.onEnd();
        else if (value instanceof Uint8Array) tap.onChunk(value);
      },
      () => tap.onError(),
    );
  }
  return answer;
}

function replace(target: object, members: Readonly<Record<PropertyKey, unknown>>): void {
  for (const name of Reflect.ownKeys(members)) {
    const value = members[name as string];
    Object.defineProperty(target, name, { configurable: true, writable: true, value });
  }
}
