/** Of one text after the other: to get new room each time takes longer than what is written. */
let room = Buffer.alloc(4_096);

/** Bytes as hexadecimal digits, as rows carry them. */
export function digitsOf(bytes: Uint8Array): string {
  if (bytes.length > room.length) room = Buffer.alloc(2 * bytes.length);
  room.set(bytes);
  return room.toString("hex", 0, bytes.length);
}
