/** Crockford's base 32: no I, L, O and U. */
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 26;

/** A ULID: 48 bits of time and 80 random bits, as 26 characters. */
export function newUlid(nowMs: number, random: Uint8Array): string {
  const time = BigInt(Math.max(0, Math.floor(nowMs)));
  let rest = (time << 80n) | BigInt(`0x${Buffer.from(random.subarray(0, 10)).toString("hex")}`);
  let text = "";
  for (let at = 0; at < LENGTH; at++) {
    text = (DIGITS[Number(rest & 31n)] ?? "0") + text;
    rest >>= 5n;
  }
  return text;
}
