import { EvidenceError } from "../../src/evidence/error.ts";

/** What a function answers, or the fault and the reason for which it refuses. */
export function told<T>(act: () => T): T | string {
  try {
    return act();
  } catch (error) {
    if (error instanceof EvidenceError) return `${error.fault}: ${error.message}`;
    throw error;
  }
}
