/** A browser as far as a sign-in needs one: it follows redirects, keeps cookies, and fills in forms. */

export class Walk {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** One request, whose redirect is not followed. */
  async ask(address: string, init: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(address);
    const jar = this.#jarOf(origin);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...(cookie !== "" && { cookie }), ...init.headers };
    const answer = await fetch(address, { redirect: "manual", ...init, headers });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const isGone = value === "" || /expires=Thu, 01 Jan 1970|max-age=0/i.test(line);
      if (isGone) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }

  /** The cookies of an origin, by their names. */
  cookiesOf(origin: string): ReadonlyMap<string, string> {
    return this.#jarOf(origin);
  }

  /**
   * Signs in at the provider, from where it was sent.
   *
   * @param name who somebody says to be; undefined for whoever does not want to
   * @returns where the provider sends them back to
   */
  async signInAt(address: string, name: string | undefined): Promise<string> {
    const { origin } = new URL(address);
    let here = address;
    while (new URL(here).origin === origin) {
      const isForm = new URL(here).pathname.startsWith("/interaction/");
      const answer = await (isForm ? this.#fillIn(here, name) : this.ask(here));
      const next = answer.headers.get("location");
      if (next === null) throw new Error(`${answer.status}: ${await answer.text()}`);
      here = new URL(next, here).href;
    }
    return here;
  }

  async #fillIn(form: string, name: string | undefined): Promise<Response> {
    if (name === undefined) return this.ask(`${form}/abort`);
    const page = await (await this.ask(form)).text();
    const prompt = page.includes('value="login"') ? "login" : "consent";
    const body = new URLSearchParams({ prompt, login: name, password: "any" });
    return this.ask(form, { method: "POST", body });
  }

  #jarOf(origin: string): Map<string, string> {
    const jar = this.#cookies.get(origin) ?? new Map<string, string>();
    this.#cookies.set(origin, jar);
    return jar;
  }
}
