/** Requests that are no calls, remembered only to know what their answers are. */

const MAX_ASIDES = 1_000;

export interface Aside {
  readonly method: string;
  readonly taskId?: string;
}

export class Asides {
  readonly #asides = new Map<string, Aside>();

  add(toServer: boolean, key: string, aside: Aside): void {
    if (this.#asides.size >= MAX_ASIDES) {
      const [oldest] = this.#asides.keys();
      if (oldest !== undefined) this.#asides.delete(oldest);
    }
    this.#asides.set(`${toServer}:${key}`, aside);
  }

  take(toServer: boolean, key: string): Aside | undefined {
    const full = `${toServer}:${key}`;
    const aside = this.#asides.get(full);
    if (aside) this.#asides.delete(full);
    return aside;
  }
}
