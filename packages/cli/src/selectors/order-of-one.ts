import { StepOrder } from "@caum/workflows";

/** The steps of one session, where many are read. */
export class OrderOfOne {
  readonly #session: string;
  #order: StepOrder | undefined;

  constructor(session: string) {
    this.#session = session;
  }

  /** Undefined where the session was not seen. */
  get names(): readonly string[] | undefined {
    return this.#order?.names;
  }

  /** What takes the steps of a session; undefined for others. */
  of(session: string): StepOrder | undefined {
    if (session !== this.#session) return undefined;
    this.#order = new StepOrder();
    return this.#order;
  }
}
