/** Figures as a person reads them. */

const NANO_USD = 1e9;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

export function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}

export function sessionsOf(count: number): string {
  return counted(count, "session");
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

export function dollars(nanoUsd: number): string {
  const usd = nanoUsd / NANO_USD;
  return `$${usd >= 0.01 || usd === 0 ? usd.toFixed(2) : usd.toFixed(6)}`;
}

export function durationOf(ms: number): string {
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  if (ms < 2 * MINUTE_MS) return `${Math.round(ms / 100) / 10} s`;
  return `${Math.round((ms / MINUTE_MS) * 10) / 10} min`;
}
