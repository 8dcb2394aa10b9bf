/** The core's observers of this process: one for each client that says who it is. */
import { join } from "node:path";
import { createObserver, type Observer } from "@caum/core";
import { type LoopTeller, localTeller } from "@caum/core/machine";
import { type Configuration, loadConfiguration, takeBlindParts } from "@caum/core/settings";
import { type OpenEmitter, openEmitter } from "@caum/emitter";
import { noteBlind } from "../../command/blind-note.ts";
import { Uploader } from "../../upload/uploader.ts";
import type { Identity } from "../messages/client-info.ts";
import { isOnlyServer } from "./only-server.ts";

export interface ObserverFacts {
  readonly version: string;
  readonly home?: string | undefined;
  readonly agentId?: string | undefined;
  readonly entry?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly otlp?: string | undefined;
  readonly hashNames: boolean;
  /** One line for the person who reads the log. */
  readonly say: (text: string) => void;
}

const WRITER = "caum-mcp-proxy";
/** A receiver that does not answer keeps a proxy for so long, and only once. */
const EMITTED_WITHIN_MS = 1_000;
/** The agent of a client whose name is no label, or is not to be kept. */
const UNNAMED_AGENT = "mcp-client";
/** What names may look like to be kept as they are (docs/protocol.md, labels). */
const LABEL = /^[A-Za-z0-9][A-Za-z0-9_.:/@ -]{0,63}$/;
/** More kinds of clients than this are recorded without their names. */
const MAX_OBSERVERS = 64;

export class Observers {
  readonly configuration: Configuration;
  /** Tells the person of loops; absent where a collector does, or nobody wants it. */
  readonly teller: LoopTeller | undefined;
  readonly #facts: ObserverFacts;
  readonly #uploader: Uploader;
  /** Absent unless OpenTelemetry is asked for. */
  readonly #emitter: OpenEmitter | undefined;
  readonly #observers = new Map<string, Observer>();
  #time = 0;
  #isTold = false;
  /** There may be notes of what was not recorded. */
  #mayBeBlind = true;

  constructor(facts: ObserverFacts) {
    const { home, agentId, sessionId, otlp, version } = facts;
    this.#facts = facts;
    this.configuration = loadConfiguration({ arguments: { home, agentId, sessionId, otlp } });
    for (const warning of this.configuration.warnings) facts.say(warning);
    this.teller = localTeller(this.configuration);
    this.#uploader = new Uploader({
      script: join(__dirname, "uploader.cjs"),
      home: this.configuration.home,
      version,
      say: facts.say,
      onDeath: () => this.#lostUploader(),
    });
    this.#emitter = openEmitter({
      to: this.configuration.otlp,
      service: { name: WRITER, version },
      script: join(__dirname, "emitter.cjs"),
      onProblem: facts.say,
    });
  }

  /** What was missing since this was asked last, to be put into the record. */
  takeBlindParts(): readonly string[] {
    if (!this.#mayBeBlind) return [];
    this.#mayBeBlind = false;
    return takeBlindParts(this.configuration.home);
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

  /** What was observed goes to the disk; nothing waits for it. */
  rest(): void {
    for (const observer of this.#observers.values()) void observer.flush();
  }

  /** Closes every run at once, before the process may be ended. */
  closeRunsNow(): void {
    for (const observer of this.#observers.values()) observer.closeRunsNow();
  }

  /** Closes every run, then sends what there is to send. */
  async close(limitMs: number): Promise<void> {
    await Promise.all([...this.#observers.values()].map((observer) => observer.close()));
    const emitted = this.#emitter?.close(Math.min(limitMs, EMITTED_WITHIN_MS));
    await Promise.all([this.#uploader.finish(limitMs), emitted]);
  }

  /** What records name the client. */
  agentOf({ clientName }: Identity): string {
    const isNamed = clientName !== undefined && LABEL.test(clientName) && !this.#facts.hashNames;
    return this.configuration.agentId ?? (isNamed ? clientName : UNNAMED_AGENT);
  }

  #open(identity: Identity): Observer {
    const { version, hashNames, entry } = this.#facts;
    const { clientName, clientVersion } = identity;
    const { home } = this.configuration;
    return createObserver({
      writer: WRITER,
      writerVersion: version,
      layer: "mcp",
      view: isOnlyServer(entry, clientName, home) ? "one_client" : "one_server",
      agentId: this.agentOf(identity),
      agentVersion: clientVersion,
      sourceFramework: clientName,
      home,
      follower: this.#uploader,
      emitter: this.#emitter,
      hashNames,
      clock: () => this.#time || Date.now(),
      onProblem: ({ code, message }) => {
        // Said at the start: it limits nothing.
        if (code !== "exposed_key") this.#tell(message);
      },
    });
  }

  #lostUploader(): void {
    noteBlind("uploader", this.configuration.home);
    this.#mayBeBlind = true;
  }

  /** One cause, for example a folder that cannot be written, makes several problems. */
  #tell(problem: string): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#facts.say(
      `recording is limited, traffic goes on: ${this.configuration.home}: ${problem}`,
    );
  }
}
