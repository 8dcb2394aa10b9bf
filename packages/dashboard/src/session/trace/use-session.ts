import { useEffect, useState } from "preact/hooks";
import type { Recorded, SessionHead } from "../../server/answers.ts";
import type { Connection } from "../../server/event-stream.ts";
import { Refusal, UNAUTHORIZED } from "../../server/request.ts";
import { readRecords, readSession, streamSession } from "../../server/sessions.ts";
import { extended } from "./trace.ts";

interface Shown {
  readonly head: SessionHead | undefined;
  readonly records: readonly Recorded[];
  readonly failure: string | undefined;
}

const NOTHING: Shown = { head: undefined, records: [], failure: undefined };

/** A session from its first record on, then as it goes on. */
export function useSession(id: string, onConnection: (connection: Connection) => void): Shown {
  const [shown, setShown] = useState<Shown>(NOTHING);
  useEffect(() => {
    const follower = new Follower(id, setShown, onConnection);
    void follower.start();
    return () => follower.close();
  }, [id, onConnection]);
  return shown;
}

/** Reads a session and follows it; what comes in one frame is drawn together. */
class Follower {
  readonly #id: string;
  readonly #show: (shown: Shown) => void;
  readonly #onConnection: (connection: Connection) => void;
  #shown = NOTHING;
  #frame = 0;
  #isClosed = false;
  #closeStream = () => {};

  constructor(
    id: string,
    show: (shown: Shown) => void,
    onConnection: (connection: Connection) => void,
  ) {
    this.#id = id;
    this.#show = show;
    this.#onConnection = onConnection;
  }

  async start(): Promise<void> {
    try {
      this.#change({ head: await readSession(this.#id) });
      await this.#readAll();
      if (!this.#isClosed) this.#follow();
    } catch (failure) {
      const isOver = failure instanceof Refusal && failure.status === UNAUTHORIZED;
      this.#onConnection(isOver ? "signed_out" : "gone");
      this.#change({ failure: failure instanceof Error ? failure.message : "it cannot be read" });
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#closeStream();
    cancelAnimationFrame(this.#frame);
  }

  /** Reads on from what is there. */
  async #readAll(): Promise<void> {
    for (let isLast = false; !isLast && !this.#isClosed; ) {
      const { length } = this.#shown.records;
      const page = await readRecords(this.#id, length);
      this.#change({ records: extended(this.#shown.records, page.records) });
      isLast = page.isLast || this.#shown.records.length === length;
    }
  }

  #follow(): void {
    this.#closeStream = streamSession(this.#id, this.#shown.records.length - 1, {
      onConnection: (to) => {
        this.#onConnection(to);
        // Deleted while it was looked at: asking once more says in which words.
        if (to === "gone") void this.start();
      },
      onHead: (head) => this.#change({ head }),
      onRecord: (record) => {
        const { records } = this.#shown;
        if (record.index > records.length) this.#catchUp();
        else this.#change({ records: extended(records, [record]) });
      },
      onStale: () => this.#catchUp(),
    });
  }

  /** Reads what the stream did not tell. */
  #catchUp(): void {
    this.#readAll().catch(() => this.#onConnection("waiting"));
  }

  #change(changed: Partial<Shown>): void {
    this.#shown = { ...this.#shown, ...changed };
    if (this.#isClosed) return;
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#show(this.#shown));
  }
}
