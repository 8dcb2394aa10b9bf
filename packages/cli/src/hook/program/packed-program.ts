/**
 * The hook's program as it is kept: its text, and behind it what V8 made of it, which saves every
 * hook from compiling the same again. One file, so that the two always belong together.
 */
import { Script } from "node:vm";

/** The program, called with what a CommonJS module has. */
export type Program = (require: NodeJS.Require, folder: string) => void;

const HEADER_BYTES = 4;

/**
 * @param text of Latin-1 characters alone
 * @param compiled by `createCachedData`; an empty one makes the program slower, not wrong
 */
export function packProgram(text: string, compiled: Uint8Array): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(text.length);
  return Buffer.concat([header, Buffer.from(text, "latin1"), compiled]);
}

/**
 * V8 compiles the text again where the compiled form is of another V8.
 *
 * @param isTrusted whether the file is as it was installed: V8 does not look at all of what it is
 *   given as compiled
 */
export function unpackProgram(file: Buffer, isTrusted: boolean): Program {
  const end = HEADER_BYTES + file.readUInt32LE();
  const text = file.toString("latin1", HEADER_BYTES, end);
  const cachedData = file.subarray(end);
  return new Script(
    text,
    isTrusted && cachedData.length > 0 ? { cachedData } : {},
  ).runInThisContext();
}
