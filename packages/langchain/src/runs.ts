import {
  type CallFacts,
  type CallKey,
  type CurrentSession,
  currentSession,
  enterSession,
  RecentMap,
} from "@caum/core/adapter";

/** One run of the host: a chain, a model call, a tool, a retriever. */
export interface Run {
  readonly id: string;
  readonly root: string;
  /** From the root down to this run. */
  readonly within: readonly string[];
  readonly session: string;
  readonly agent: string | undefined;
  /** The run of the tool that it is below. */
  readonly inside: string | undefined;
  /** Below a tool: what it is told comes from an agent, not from the user. */
  readonly isInsideTool: boolean;
  /** The call that this run executes. */
  call: Execution | undefined;
  /** What other adapters see of the work inside. */
  entered: CurrentSession | undefined;
}

export interface Execution {
  readonly key: CallKey;
  readonly facts: CallFacts;
  /** When it began, where nothing but its end is told to the merger: milliseconds. */
  readonly startedAt?: number | undefined;
}

export type Metadata = Readonly<Record<string, unknown>>;

const MAX_RUNS = 20_000;
/** Runs that are deeper know their outermost ancestors only. */
const MAX_DEPTH = 100;
const SESSION_KEYS = ["thread_id", "session_id", "sessionId", "conversation_id"] as const;

/** The runs that are under way, each with the session, agent and root that it belongs to. */
export class Runs {
  readonly #runs = new RecentMap<string, Run>(MAX_RUNS);
  readonly #defaultSession: string | undefined;
  readonly #sessionOf: (hostId: string) => string;

  /** @param sessionOf the session that an id of the host stands for */
  constructor(defaultSession: string | undefined, sessionOf: (hostId: string) => string) {
    this.#defaultSession = defaultSession;
    this.#sessionOf = sessionOf;
  }

  get size(): number {
    return this.#runs.size;
  }

  /** @returns undefined when the run is known: the same handler may be attached twice */
  start(id: string, parentId: string | undefined, metadata: Metadata = {}): Run | undefined {
    if (this.#runs.has(id)) return undefined;
    const parent = parentId === undefined ? undefined : this.#runs.get(parentId);
    const root = parent?.root ?? id;
    const told = sessionIn(metadata);
    const named = told === undefined ? undefined : this.#sessionOf(told);
    const session =
      named ?? parent?.session ?? currentSession()?.id ?? this.#defaultSession ?? root;
    const agent = textOf(metadata.lc_agent_name) ?? parent?.agent ?? currentSession()?.agent;
    const inside = parent?.call === undefined ? parent?.inside : parent.id;
    const isInsideTool =
      inside !== undefined || parent?.isInsideTool === true || isInsideOtherTool(parent);
    const within = below(parent, id);
    const run: Run = {
      id,
      root,
      within,
      inside,
      session,
      agent,
      isInsideTool,
      call: undefined,
      entered: undefined,
    };
    this.#runs.set(id, run);
    return run;
  }

  get(id: string): Run | undefined {
    return this.#runs.get(id);
  }

  /**
   * What other adapters see inside of the run is of its session. The host calls us in the async
   * context of the run, and that of its caller is the same until the host first waits: so a run that
   * code outside of any run has started, which may belong to nobody, is left alone.
   *
   * @param tool the tool that the run executes
   */
  enter(run: Run, tool?: string): void {
    if (run.root === run.id) return;
    const agent = tool ?? run.agent ?? currentSession()?.agent;
    run.entered = enterSession({ id: run.session, agent });
  }

  /** Forgets the run; undefined when it was not known, or has ended. */
  end(id: string): Run | undefined {
    const run = this.#runs.get(id);
    this.#runs.delete(id);
    if (run?.entered) run.entered.isOver = true;
    return run;
  }
}

function below(parent: Run | undefined, id: string): readonly string[] {
  const { within } = parent ?? {};
  if (within === undefined) return [id];
  return [...(within.length > MAX_DEPTH ? within.slice(0, MAX_DEPTH) : within), id];
}

/** A tool of another framework may run a chain of this one. */
function isInsideOtherTool(parent: Run | undefined): boolean {
  return parent === undefined && currentSession()?.agent !== undefined;
}

function sessionIn(metadata: Metadata): string | undefined {
  for (const key of SESSION_KEYS) {
    const told = textOf(metadata[key]);
    if (told !== undefined) return told;
  }
  return undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
