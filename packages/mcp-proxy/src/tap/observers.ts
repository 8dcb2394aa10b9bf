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

/** The agent of a client whose name is no label, or is not to be kept. */
const UNNAMED_AGENT = "mcp-client";
/** What names may look like to be kept as they are (docs/protocol.md, labels). */
const LABEL = /^[A-Za-z0-9][A-Za-z0-9_.:/@ -]{0,63}$/;
/** More kinds of clients than this are recorded without their names. */
const MAX_OBSERVERS = 64;

export class Observers {
  readonly home: string;
  readonly #facts: ObserverFacts;
  readonly #observers = new Map<string, Observer>();
  #time = 0;
  #isTold = false;

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
    const { version, agentId, hashNames } = this.#facts;
    const isNamed = clientName !== undefined && LABEL.test(clientName) && !hashNames;
    return createObserver({
      writer: "caum-mcp-proxy",
      writerVersion: version,
      layer: "mcp",
      view: "one_server",
      agentId: agentId ?? (isNamed ? clientName : UNNAMED_AGENT),
      agentVersion: clientVersion,
      sourceFramework: clientName,
      home: this.home,
      hashNames,
      clock: () => this.#time || Date.now(),
      onProblem: (problem) => this.#tell(problem.message),
    });
  }

  /** One cause, for example a folder that cannot be written, makes several problems. */
  #tell(problem: string): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#facts.say(`recording is limited, traffic goes on: ${this.home}: ${problem}`);
  }
}
