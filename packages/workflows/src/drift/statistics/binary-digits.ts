/** How many times one can be halved to get to a chance; straight between two halvings. */
export function binaryDigits(chance: number): number {
  let rest = Math.max(chance, 1e-300);
  let digits = 0;
  while (rest <= 0.5) {
    rest *= 2;
    digits += 1;
  }
  return digits + 2 * (1 - rest);
}
