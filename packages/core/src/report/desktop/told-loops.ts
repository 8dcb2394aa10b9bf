/**
 * Two observers may see one loop: a client's hook, and the proxy of the server that it calls. The
 * person is told once. What was told is a file of CAUM_HOME, because the two are processes apart.
 */
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../evidence/tree/leaf.ts";
import type { AlertStory } from "../../health/alerts/alert-sentence.ts";
import { agentName } from "../../health/alerts/readable-name.ts";

/** The same loop, told by somebody else, within this time is the same news. */
export const SAME_NEWS_MS = 60_000;

/** Equal where two observers speak of one loop: the same agent and tool, whoever names them. */
export function loopKey({ agent, tools = [], word = "begins" }: AlertStory): string {
  const [tool = ""] = tools;
  // Clients put the server's name before the tool's, for example mcp__github__search_issues.
  const own = tool.split("__").at(-1) ?? tool;
  return `${agentName(agent)}|${own}|${word}`;
}

export class ToldLoops {
  readonly #folder: string;
  readonly #clock: () => number;

  constructor(home: string, clock: () => number = Date.now) {
    this.#folder = join(home, "told");
    this.#clock = clock;
  }

  /** @returns whether it is news, which it is no more for others from now on */
  claim(key: string): boolean {
    const now = this.#clock();
    const file = join(this.#folder, sha256(key).slice(0, 32));
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      this.#forgetOld(now);
      closeSync(openSync(file, "wx", 0o600));
      utimesSync(file, now / 1_000, now / 1_000);
      return true;
    } catch (problem) {
      // Without a folder to write to, telling twice is better than not at all.
      return !(problem instanceof Error && "code" in problem && problem.code === "EEXIST");
    }
  }

  #forgetOld(now: number): void {
    for (const name of readdirSync(this.#folder)) {
      const file = join(this.#folder, name);
      const age = now - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now);
      if (age >= SAME_NEWS_MS || age < 0) rmSync(file, { force: true });
    }
  }
}
