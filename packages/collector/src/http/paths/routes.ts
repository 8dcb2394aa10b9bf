import type { FastifyInstance } from "fastify";

interface Route {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** Which methods each path takes, for those that come with another one. */
export class Routes {
  readonly #routes = new Map<string, Route>();

  /** @param app before its routes are made */
  constructor(app: FastifyInstance) {
    app.addHook("onRoute", ({ method, url }) => {
      const route = this.#routes.get(url) ?? { pattern: patternOf(url), methods: new Set() };
      this.#routes.set(url, route);
      for (const name of [method].flat()) route.methods.add(name);
    });
  }

  /** Whether the first part of a route's path is this one. */
  beginWith(first: string): boolean {
    return [...this.#routes.keys()].some((url) => url.split("/", 2)[1] === first);
  }

  /** Methods of the routes that a URL fits, sorted; none where there is no such path. */
  methodsAt(url: string): readonly string[] {
    const [path = ""] = url.split("?", 1);
    const fitting = [...this.#routes.values()].filter(({ pattern }) => pattern.test(path));
    return [...new Set(fitting.flatMap(({ methods }) => [...methods]))].sort();
  }
}

/** Parameters are one part of a path; a wildcard is the rest of it, and fits every path alike. */
function patternOf(url: string): RegExp {
  const escaped = url.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replace(/:[A-Za-z]+/g, "[^/]+").replace("*", "[^/]+")}$`);
}
