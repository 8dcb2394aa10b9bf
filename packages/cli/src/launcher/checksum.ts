/** The generator polynomial of `cksum` (IEEE Std 1003.1, utilities, cksum). */
const POLYNOMIAL = 0x04c11db7;

/** What `cksum <file` prints: the checksum and the size. */
export function checksumLine(bytes: Uint8Array): string {
  let checksum = 0;
  for (const byte of bytes) checksum = shifted(checksum, byte);
  for (let length = bytes.length; length > 0; length = Math.floor(length / 256)) {
    checksum = shifted(checksum, length % 256);
  }
  return `${~checksum >>> 0} ${bytes.length}`;
}

function shifted(checksum: number, byte: number): number {
  let value = checksum ^ (byte << 24);
  for (let bit = 0; bit < 8; bit++) {
    value = value & 0x80000000 ? (value << 1) ^ POLYNOMIAL : value << 1;
  }
  return value;
}
