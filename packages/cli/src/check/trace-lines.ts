import { createReadStream } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/** Longer lines are no trace: they are skipped, not kept in memory. */
const LONGEST_LINE = 1_048_576;
const NEWLINE = 0x0a;

/** One line of a file; `tooLong` when it was skipped. */
export interface TraceLine {
  readonly number: number;
  readonly text: string;
  readonly tooLong: boolean;
}

/** A file that cannot be read to its end, with the reason. */
export class TraceFileError extends Error {
  override readonly name = "TraceFileError";
}

/**
 * The lines of a trace, plain or gzip, in constant memory.
 *
 * @param path `-` for standard input
 * @throws {TraceFileError} when the file cannot be opened, or ends before its compression does
 */
export async function* readTraceLines(path: string): AsyncGenerator<TraceLine> {
  const source = path === "-" ? process.stdin : createReadStream(path);
  try {
    yield* splitLines(await uncompressed(source, path));
  } catch (error) {
    throw new TraceFileError(explain(error), { cause: error });
  }
}

async function uncompressed(source: Readable, path: string): Promise<AsyncIterable<Buffer>> {
  const chunks = source[Symbol.asyncIterator]();
  const first = await chunks.next();
  const rest = join(first, chunks);
  const head: Buffer | undefined = first.done ? undefined : first.value;
  const isGzip = head !== undefined && head[0] === 0x1f && head[1] === 0x8b;
  if (!isGzip && path.endsWith(".gz")) throw new TraceFileError("named .gz, but not gzip");
  if (!isGzip) return rest;
  // The error of the source arrives through the iterator of the last stream.
  return pipeline(rest, createGunzip(), () => {});
}

async function* join(
  first: IteratorResult<Buffer>,
  rest: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer> {
  for (let next = first; !next.done; next = await rest.next()) yield next.value;
}

async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<TraceLine> {
  let number = 1;
  let kept: Buffer[] = [];
  let length = 0;
  const finish = (): TraceLine => {
    const tooLong = length > LONGEST_LINE;
    const text = tooLong ? "" : Buffer.concat(kept).toString("utf8").trim();
    kept = [];
    length = 0;
    return { number: number++, text, tooLong };
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      length += to - from;
      if (length <= LONGEST_LINE) kept.push(chunk.subarray(from, to));
      yield finish();
      from = to + 1;
    }
    length += chunk.length - from;
    if (length <= LONGEST_LINE) kept.push(chunk.subarray(from));
    else kept = [];
  }
  if (length > 0) yield finish();
}

function explain(error: unknown): string {
  if (error instanceof TraceFileError) return error.message;
  // Errors of streams and files carry a code; nothing else is thrown here.
  const code = (error as { readonly code?: string }).code;
  if (code === "ENOENT") return "no such file";
  if (code === "EISDIR") return "a directory, not a file";
  if (code === "EACCES") return "not allowed to read it";
  if (code === "Z_BUF_ERROR") return "the gzip data is cut off";
  if (code === "Z_DATA_ERROR") return "the gzip data is damaged";
  return "cannot be read";
}
