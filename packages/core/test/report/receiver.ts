/** A small collector for tests: speaks the runs and the live door over real HTTP, and misbehaves. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { accept, NEW_RUN, type RunCursor } from "../../src/evidence/acceptance.ts";
import { readLine } from "../../src/evidence/line/read-line.ts";
import { NO_PREVIOUS_HASH } from "../../src/evidence/rules/chain.ts";
import { CompactRange } from "../../src/evidence/tree/compact-range.ts";
import { hashLeaf } from "../../src/evidence/tree/leaf.ts";

/** What to do with the next request; `undefined` serves it. */
export type Misdeed =
  | { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> }
  /** Cuts the connection before, or after, the records are stored. */
  | "cut"
  | "store_then_cut"
  | "cut_body"
  /** Never answers. */
  | "hang"
  /** Stores, and answers when the client has given up. */
  | "store_then_hang"
  | undefined;

interface ReceivedRun {
  readonly lines: string[];
  cursor: RunCursor;
}

export class Receiver {
  /** Asked before each request is served. */
  misbehave: (request: number) => Misdeed = () => undefined;
  /** Lines that the door does not take. */
  refuses: (line: string) => boolean = () => false;
  /** Claims another root than that of the lines it was given. */
  lies = false;
  key = "caum_live_test";
  requests = 0;
  readonly runs = new Map<string, ReceivedRun>();
  readonly liveEvents = new Map<string, unknown>();
  readonly forks: string[] = [];
  /** The key that came with each request. */
  readonly keysSeen = new Set<string>();
  readonly #server: Server;
  readonly #hanging = new Set<ServerResponse>();

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async listen(port = 0): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(port, "127.0.0.1", resolve));
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  /** Stays the same when it is closed. */
  port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Every line that was stored, run by run. */
  get lines(): string[] {
    return [...this.runs.values()].flatMap(({ lines }) => lines);
  }

  /** Has lines that came another way. */
  store(runId: string, lines: readonly string[]): void {
    this.#takeLines(runId, lines);
  }

  /** Names of the tools of all stored calls, in order. */
  get tools(): string[] {
    return this.lines
      .map((line) => JSON.parse(line))
      .filter((record) => record.category === "tool_api")
      .map((record) => record.payload.toolName);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    const misdeed = this.misbehave(this.requests);
    if (misdeed === "cut") {
      request.socket.destroy();
      return;
    }
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const raw = Buffer.concat(chunks);
    const body = (
      request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw
    ).toString();
    if (misdeed === "hang") {
      this.#hanging.add(response);
      return;
    }
    if (typeof misdeed === "object") {
      response.writeHead(misdeed.status, misdeed.headers).end(misdeed.body ?? "");
      return;
    }
    const answer = this.#answer(request, body);
    if (misdeed === "store_then_cut") request.socket.destroy();
    else if (misdeed === "store_then_hang") this.#hanging.add(response);
    else if (misdeed === "cut_body") {
      response.writeHead(200, { "content-length": "100000" }).write(JSON.stringify(answer.body));
      setTimeout(() => request.socket.destroy(), 5);
    } else {
      const headers = { "content-type": "application/json" };
      response.writeHead(answer.status, headers).end(JSON.stringify(answer.body));
    }
  }

  #answer(request: IncomingMessage, body: string): { status: number; body: unknown } {
    const given = (request.headers.authorization ?? "").replace("Bearer ", "");
    this.keysSeen.add(given);
    if (given !== this.key) return failure(401, "AUTHENTICATION_FAILED");
    const path = request.url ?? "";
    const run = /^\/v1\/runs\/([0-9a-f]{32})\/records$/.exec(path)?.[1];
    if (run) return this.#takeLines(run, body.trimEnd().split("\n"));
    if (path === "/v2/live/start") {
      const session = { session_id: JSON.parse(body).session_id };
      return { status: 200, body: { session, session_token: "token" } };
    }
    if (path === "/v2/live/event") {
      const { event } = JSON.parse(body);
      this.liveEvents.set(event.event_id, event);
      return { status: 200, body: { evidence: {} } };
    }
    return failure(404, "NOT_FOUND");
  }

  #takeLines(runId: string, lines: readonly string[]): { status: number; body: unknown } {
    if (lines.some((line) => this.refuses(line) || !("record" in readLine(line)))) {
      return failure(400, "NOT_CANONICAL");
    }
    const run = this.runs.get(runId) ?? { lines: [], cursor: NEW_RUN };
    this.runs.set(runId, run);
    const results: unknown[] = [];
    let accepted = 0;
    for (const [index, line] of lines.entries()) {
      const outcome = this.#take(run, line);
      if (outcome === undefined) accepted += 1;
      else results.push({ line: index + 1, ...outcome });
    }
    const tree = new CompactRange();
    for (const line of run.lines) tree.append(hashLeaf(line));
    const last = run.lines.at(-1);
    const body = {
      run_id: runId,
      accepted,
      results,
      next_seq: run.cursor.next,
      run_head: last === undefined ? NO_PREVIOUS_HASH : hashLeaf(last),
      evidence: {
        merkle_root: this.lies ? NO_PREVIOUS_HASH : tree.root,
        tree_size: tree.size,
        run_count: 1,
      },
    };
    return { status: 200, body };
  }

  #take(run: ReceivedRun, line: string): Record<string, unknown> | undefined {
    const read = readLine(line);
    if (!("record" in read)) throw new Error("checked before");
    const { record } = read;
    const acceptance = accept(run.cursor, record, hashLeaf(line), {
      leafAt: (seq) => {
        const found = run.lines.find((other) => JSON.parse(other).payload.seq === seq);
        return found === undefined ? undefined : hashLeaf(found);
      },
      leafOfEvent: () => undefined,
    });
    switch (acceptance.outcome) {
      case "appended":
        run.lines.push(line);
        run.cursor = acceptance.cursor;
        return undefined;
      case "acknowledged":
        return { status: "duplicate", code: "DUPLICATE", seq: record.payload.seq };
      case "gap":
        return {
          status: "gap",
          code: "GAP",
          seq: record.payload.seq,
          expected: acceptance.expected,
        };
      default:
        this.forks.push(line);
        return { status: "fork", code: "FORK", seq: record.payload.seq };
    }
  }
}

function failure(status: number, code: string) {
  return { status, body: { error: { code, message: "no" } } };
}

/** Whether the lines of a run are one chain, holes aside. */
export function isChain(lines: readonly string[]): boolean {
  let head: string | undefined = NO_PREVIOUS_HASH;
  let next = 0;
  for (const line of lines) {
    const { payload, previousHash } = JSON.parse(line);
    if (payload.seq !== next || (head !== undefined && previousHash !== head)) return false;
    const isHole = payload.type === "hole";
    next = isHole ? payload.to + 1 : next + 1;
    head = isHole ? undefined : hashLeaf(line);
  }
  return true;
}
