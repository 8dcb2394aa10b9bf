/** Reading columns of a row as what the layout says they are. */
export type Row = Readonly<Record<string, unknown>>;

export function text(row: Row, name: string): string {
  const value = row[name];
  if (typeof value !== "string") throw new TypeError(`column ${name} holds no text`);
  return value;
}

export function integer(row: Row, name: string): number {
  const value = row[name];
  if (typeof value !== "number") throw new TypeError(`column ${name} holds no integer`);
  return value;
}

export function hex(row: Row, name: string): string {
  const value = row[name];
  if (!(value instanceof Uint8Array)) throw new TypeError(`column ${name} holds no bytes`);
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex");
}

/** Absent stays absent. */
export function optional<T>(
  row: Row,
  name: string,
  read: (row: Row, name: string) => T,
): T | undefined {
  return row[name] === null || row[name] === undefined ? undefined : read(row, name);
}

export function bytes(hexText: string): Uint8Array {
  return Buffer.from(hexText, "hex");
}

/** The 16 bytes of a UUID. */
export function uuidBytes(uuid: string): Uint8Array {
  return Buffer.from(uuid.replaceAll("-", ""), "hex");
}
