/**
 * A number of the memory that is used as an integer: the memory holds doubles, and the remainder of a
 * double is a call of `fmod`.
 */
export function integerAt(memory: Float64Array, slot: number): number {
  return (memory[slot] ?? 0) | 0;
}
