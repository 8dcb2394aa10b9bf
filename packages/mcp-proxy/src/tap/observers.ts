/** The core's observers of this process: one for each client that says who it is. */
import { homedir } from "node:os";
import { join } from "node:path";
import { createObserver, type Observer } from "@caum/core";
import type { Identity } from "./journal.ts";

export interface ObserverFacts {
  readonly version: string;
  readonly home?: string | undefined;
  readonly agentId?: string | undefined;
  readonly hashNames: boolean;
  /** One line for the person who reads the log. */
  readonly say: (text: string) => void;
}

const UNNAMED_AGENT = "mcp-client";
/** More kinds of clients than this are recorded without their names. */
const MAX_OBSERVERS = 64;

export class Observers {
  readonly home: string;
  readonly #facts: ObserverFacts;
  readonly #observers = new Map<string, Observer>();
  #time = 0;

  constructor(facts: ObserverFacts) {
    this.#facts = facts;
    this.home = facts.home ?? (process.env.CAUM_HOME || join(homedir(), ".caum"));
  }

  /** Entries are made some time after the bytes passed; a record's time is when they passed. */
  setTime(time: number): void {
    this.#time = time;
  }

  of(identity: Identity): Observer {
    const key = JSON.stringify([identity.clientName, identity.clientVersion]);
    const known = this.#observers.get(key);
    if (known) return known;
    if (this.#observers.size >= MAX_OBSERVERS && identity.clientName !== undefined) {
      return this.of({});
    }
    const observer = this.#open(identity);
    this.#observers.set(key, observer);
    return observer;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#observers.values()].map((observer) => observer.close()));
  }

  #open({ clientName, clientVersion }: Identity): Observer {
    const { version, agentId, hashNames, say } = this.#facts;
    return createObserver({
      writer: "caum-mcp-proxy",
      writerVersion: version,
      layer: "mcp",
      view: "one_server",
      agentId: agentId ?? clientName ?? UNNAMED_AGENT,
      agentVersion: clientVersion,
      sourceFramework: clientName,
      home: this.home,
      hashNames,
      clock: () => this.#time || Date.now(),
      onProblem: (problem) => say(`recording is limited: ${problem.message}`),
    });
  }
}
