/** Archives as programs make them, and as somebody makes them who means no good. */
import { crc32, deflateRawSync } from "node:zlib";
import { tarEnd, tarHeader } from "../../../src/evidence/bundle/tar.ts";

/** One file of a tar; `type` and `written` stand in its header in place of what would be right. */
export interface TarFile {
  readonly name: string;
  readonly text: string;
  readonly type?: string;
  readonly written?: string;
}

const BLOCK = 512;

export function tarEntry({ name, text, type = "0", written = name }: TarFile): Buffer {
  const bytes = Buffer.from(text);
  const header = tarHeader("x", bytes.length);
  header.write(type, 156, "latin1");
  header.fill(0, 0, 100).write(written, 0, "latin1");
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return Buffer.concat([header, bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);
}

export function tarOf(files: readonly TarFile[]): Buffer {
  return Buffer.concat([...files.map(tarEntry), tarEnd()]);
}

/** One field of a pax extension. */
export function paxField(field: string): string {
  const length = (digits: number): number => field.length + 2 + digits;
  const digits = String(length(1)).length === 1 ? 1 : String(length(2)).length;
  return `${length(digits)} ${field}\n`;
}

/** One file of a zip; what is set stands there in place of what would be right. */
export interface ZipFile {
  readonly name: string;
  readonly text: string;
  readonly isStored?: boolean;
  /** Bit 3: sizes follow the bytes. */
  readonly flags?: number;
  readonly method?: number;
  readonly crc?: number;
  readonly byteLength?: number;
  /** Mode of Unix. */
  readonly mode?: number;
  /** Name in front of the bytes. */
  readonly localName?: string;
  /** Bytes before and behind it. */
  readonly before?: string;
  readonly after?: string;
}

export function zipOf(files: readonly ZipFile[], comment = "", count = files.length): Buffer {
  const parts: Buffer[] = [];
  const list: Buffer[] = [];
  let at = 0;
  const put = (...more: readonly Buffer[]) => {
    parts.push(...more);
    for (const { length } of more) at += length;
  };
  for (const file of files) {
    const { name, text, flags = 0, isStored = false, localName = name } = file;
    const whole = Buffer.from(text);
    const bytes = isStored ? whole : deflateRawSync(whole);
    const { method = isStored ? 0 : 8, crc = crc32(whole), byteLength = whole.length } = file;
    const isOpen = (flags & 8) !== 0;
    const sizes = [crc, bytes.length, byteLength];
    put(Buffer.from(file.before ?? ""));
    const start = at;
    const inner = isOpen ? [0, 0, 0] : sizes;
    const local = Buffer.from(localName, "latin1");
    put(
      numbers("4 2 2 2 4 4 4 4 2 2", 0x04034b50, 20, flags, method, 0, ...inner, local.length, 0),
    );
    put(local, bytes);
    if (isOpen) put(numbers("4 4 4 4", 0x08074b50, ...sizes));
    put(Buffer.from(file.after ?? ""));
    const listed = Buffer.from(name, "latin1");
    const made = file.mode === undefined ? 20 : 0x0300 + 20;
    const attributes = ((file.mode ?? 0) << 16) >>> 0;
    list.push(
      numbers("4 2 2 2 2 4 4 4 4", 0x02014b50, made, 20, flags, method, 0, ...sizes),
      numbers("2 2 2 2 2 4 4", listed.length, 0, 0, 0, 0, attributes, start),
      listed,
    );
  }
  const listed = Buffer.concat(list);
  const end = numbers(
    "4 2 2 2 2 4 4 2",
    0x06054b50,
    0,
    0,
    count,
    count,
    listed.length,
    at,
    comment.length,
  );
  return Buffer.concat([...parts, listed, end, Buffer.from(comment)]);
}

/** Numbers of so many bytes each, little end first. */
function numbers(widths: string, ...values: readonly number[]): Buffer {
  const bytes = widths.split(" ").map((width, index) => {
    const number = Buffer.alloc(Number(width));
    number.writeUIntLE(values[index] ?? 0, 0, number.length);
    return number;
  });
  return Buffer.concat(bytes);
}
