/** What a session does at the moment. */
export const REGIMES = [
  "WARMING_UP",
  "EXPLORER",
  "EXPANSION",
  "LINEAR_PROGRESS",
  "STABLE",
  "GRIND",
  "LOOP",
  "REASONING_LOOP",
  "STAGNATION",
  "FUNNEL_TRAP",
] as const;
export type Regime = (typeof REGIMES)[number];

/** Four words for reports. */
export type RegimeFamily = "EXPANSION" | "STABLE" | "CONFINEMENT" | "STUPOR";

export type Healthy = "yes" | "warning" | "no";

interface Meaning {
  readonly healthy: Healthy;
  readonly family: RegimeFamily;
}

const MEANING: Readonly<Record<Regime, Meaning>> = {
  WARMING_UP: { healthy: "yes", family: "STABLE" },
  EXPLORER: { healthy: "yes", family: "EXPANSION" },
  EXPANSION: { healthy: "yes", family: "EXPANSION" },
  LINEAR_PROGRESS: { healthy: "yes", family: "EXPANSION" },
  STABLE: { healthy: "yes", family: "STABLE" },
  GRIND: { healthy: "warning", family: "STUPOR" },
  LOOP: { healthy: "no", family: "CONFINEMENT" },
  REASONING_LOOP: { healthy: "no", family: "CONFINEMENT" },
  STAGNATION: { healthy: "no", family: "STUPOR" },
  FUNNEL_TRAP: { healthy: "no", family: "CONFINEMENT" },
};

export function healthOf(regime: Regime): Healthy {
  return MEANING[regime].healthy;
}

export function familyOf(regime: Regime): RegimeFamily {
  return MEANING[regime].family;
}
