/** Reads server-sent events as a page would. */
export interface SentEvent {
  readonly id: number;
  readonly type: string;
  // Tests read what was sent freely.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly data: any;
}

export interface EventSourceReader {
  readonly status: number;
  readonly headers: Headers;
  /** Resolves with all events so far when one of them satisfies. */
  until(satisfies: (event: SentEvent) => boolean): Promise<readonly SentEvent[]>;
  /** Resolves when the other side ends. */
  readonly ended: Promise<void>;
  close(): void;
}

const WITHIN_MS = 10_000;

export async function openEvents(
  url: string,
  headers: Record<string, string>,
): Promise<EventSourceReader> {
  const closing = new AbortController();
  const answer = await fetch(url, { headers, signal: closing.signal });
  const events: SentEvent[] = [];
  const waiting = new Set<() => void>();
  const read = async () => {
    let text = "";
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const blocks = (text + chunk).split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = eventOf(block);
        if (event) events.push(event);
      }
      for (const look of waiting) look();
    }
  };
  const ended = read().catch(() => undefined);
  return {
    status: answer.status,
    headers: answer.headers,
    ended,
    close: () => closing.abort(),
    until: (satisfies) =>
      new Promise((resolve, reject) => {
        const giveUp = setTimeout(
          () => reject(new Error(`not among ${events.length} events`)),
          WITHIN_MS,
        );
        const look = () => {
          if (!events.some(satisfies)) return;
          clearTimeout(giveUp);
          waiting.delete(look);
          resolve([...events]);
        };
        waiting.add(look);
        look();
      }),
  };
}

function eventOf(block: string): SentEvent | undefined {
  const fields = Object.fromEntries(
    block.split("\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
  if (fields.data === undefined) return undefined;
  return { id: Number(fields.id), type: fields.event ?? "message", data: JSON.parse(fields.data) };
}
