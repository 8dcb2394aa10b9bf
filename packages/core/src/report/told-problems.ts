interface Problem<Code extends string> {
  readonly code: Code;
  readonly message: string;
}

/** What went wrong with one observer: each kind is told once, and all are counted. */
export class ToldProblems<Code extends string> {
  readonly #times = new Map<Code, number>();
  readonly #tell: (problem: Problem<Code>) => void;

  constructor(tell: (problem: Problem<Code>) => void = warn) {
    this.#tell = tell;
  }

  report(code: Code, message: string): void {
    const times = (this.#times.get(code) ?? 0) + 1;
    this.#times.set(code, times);
    if (times > 1) return;
    try {
      this.#tell({ code, message });
    } catch {
      // The host's own handler failed; the host must not notice us.
    }
  }

  get counts(): Readonly<Partial<Record<Code, number>>> {
    // True because the entries are those that `report` made.
    return Object.fromEntries(this.#times) as Partial<Record<Code, number>>;
  }
}

/** Names the kind of a failure only: its own message could quote what was observed. */
export function notObserved(failure: unknown): string {
  const kind = failure instanceof Error ? failure.name : typeof failure;
  return `a call was not recorded (${kind}): check what observe() was given`;
}

/** One line on standard error, as Node prints its own warnings. */
function warn({ code, message }: Problem<string>): void {
  process.emitWarning(message, { type: "CaumWarning", code });
}
