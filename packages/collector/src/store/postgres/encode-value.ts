/** Values of statements as PostgreSQL reads them: text, arrays as literals, bytes as they are. */

/** @throws {TypeError} for what no statement of the store has */
export function encodeValue(value: unknown): string | Buffer | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return `{${value.map(encodeElement).join(",")}}`;
  return value instanceof Uint8Array ? bufferOf(value) : encodeScalar(value);
}

function encodeElement(value: unknown): string {
  if (typeof value === "number") return String(value);
  if (value === null || value === undefined) return "NULL";
  if (value instanceof Uint8Array) return `"\\\\x${bufferOf(value).toString("hex")}"`;
  return `"${encodeScalar(value).replace(/["\\]/g, "\\$&")}"`;
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
