/** Regimes as people see them: a letter, a word, and how grave it is. */

interface Look {
  readonly letter: string;
  readonly word: string;
  /** 0 healthy, 1 warning, 2 not healthy. */
  readonly gravity: 0 | 1 | 2;
}

const LOOKS: Readonly<Record<string, Look>> = {
  WARMING_UP: { letter: "W", word: "warming up", gravity: 0 },
  EXPLORER: { letter: "E", word: "explorer", gravity: 0 },
  EXPANSION: { letter: "X", word: "expansion", gravity: 0 },
  LINEAR_PROGRESS: { letter: "P", word: "linear progress", gravity: 0 },
  STABLE: { letter: "S", word: "stable", gravity: 0 },
  GRIND: { letter: "G", word: "grind", gravity: 1 },
  STAGNATION: { letter: "N", word: "stagnation", gravity: 2 },
  LOOP: { letter: "L", word: "loop", gravity: 2 },
  REASONING_LOOP: { letter: "R", word: "reasoning loop", gravity: 2 },
  FUNNEL_TRAP: { letter: "F", word: "funnel trap", gravity: 2 },
};
const UNKNOWN: Look = { letter: "?", word: "unknown", gravity: 0 };

export const REGIMES = Object.keys(LOOKS);

export function lookOf(regime: string): Look {
  return LOOKS[regime] ?? UNKNOWN;
}

export function Regime({ regime }: { readonly regime: string }) {
  const { letter, word } = lookOf(regime);
  return (
    <span class="regime">
      <b class={`r-${letter}`} aria-hidden="true">
        {letter}
      </b>
      <span>{word}</span>
    </span>
  );
}

export function Tier({ tier }: { readonly tier: string }) {
  return <span class={`tier ${tier}`}>{tier}</span>;
}

/** Nothing while there is nothing to look at. */
export function AlertMark({ publicClass }: { readonly publicClass: string }) {
  if (publicClass === "hard_alert") return <span class="alert">hard alert</span>;
  if (publicClass === "review_only") return <span class="alert review">review</span>;
  return <span class="hidden">no alert</span>;
}
