/**
 * Values of statements as PostgreSQL reads them: text, arrays of numbers as literals, bytes as they
 * are. Arrays of texts and of bytes go in their binary form (`array_recv` of PostgreSQL): a line is
 * JSON, and each of its quotes would be escaped here and read again there.
 */

/** The types of PostgreSQL that arrays have besides bigint, by their numbers in its catalogue. */
const TEXT = 25;
const BYTEA = 17;
/** Dimensions, whether there are nulls, the type; length and first index of the one dimension. */
const HEAD_BYTES = 20;
const LENGTH_BYTES = 4;

/** @throws {TypeError} for what no statement of the store has */
export function encodeValue(value: unknown): string | Buffer | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return encodeArray(value);
  return value instanceof Uint8Array ? bufferOf(value) : encodeScalar(value);
}

function encodeArray(values: readonly unknown[]): string | Buffer {
  const first = values.find((value) => value !== null && value !== undefined);
  if (typeof first === "string") return binaryArray(TEXT, values.map(textOf));
  if (first instanceof Uint8Array) return binaryArray(BYTEA, values.map(bytesOf));
  return `{${values.map(numberOf).join(",")}}`;
}

function binaryArray(type: number, elements: readonly (string | Uint8Array | undefined)[]): Buffer {
  const size = elements.reduce((sum, element) => sum + LENGTH_BYTES + byteLengthOf(element), 0);
  const array = Buffer.allocUnsafe(HEAD_BYTES + size);
  array.writeInt32BE(1, 0);
  array.writeInt32BE(elements.includes(undefined) ? 1 : 0, 4);
  array.writeInt32BE(type, 8);
  array.writeInt32BE(elements.length, 12);
  array.writeInt32BE(1, 16);
  let at = HEAD_BYTES;
  for (const element of elements) {
    const bytes = element === undefined ? 0 : writeAt(array, element, at + LENGTH_BYTES);
    array.writeInt32BE(element === undefined ? -1 : bytes, at);
    at += LENGTH_BYTES + bytes;
  }
  return array;
}

function byteLengthOf(element: string | Uint8Array | undefined): number {
  return element === undefined ? 0 : Buffer.byteLength(element);
}

/** @returns how many bytes it took */
function writeAt(array: Buffer, element: string | Uint8Array, at: number): number {
  if (typeof element === "string") return array.write(element, at);
  array.set(element, at);
  return element.length;
}

function textOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "string") return value;
  throw new TypeError(`an array of texts has a value of type ${typeof value}`);
}

function bytesOf(value: unknown): Uint8Array | undefined {
  if (value === null || value === undefined) return undefined;
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`an array of bytes has a value of type ${typeof value}`);
}

function numberOf(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  if (typeof value === "number") return String(value);
  throw new TypeError(`an array of numbers has a value of type ${typeof value}`);
}

function encodeScalar(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  throw new TypeError(`a statement has a value of type ${typeof value}`);
}

/** The same bytes. */
function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
