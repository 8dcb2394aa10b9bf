import { sse } from "./answer.ts";

/** What a model server answers next: a body, or the events of a stream. */
export type Script = object | readonly (object | string)[];

/** A `fetch` that answers with these, in turn; what was asked for is kept as parsed JSON. */
export function scripted(answers: Script[]): {
  readonly fetch: typeof globalThis.fetch;
  readonly asked: unknown[];
} {
  const asked: unknown[] = [];
  const fetch = async (_url: unknown, init?: RequestInit) => {
    asked.push(JSON.parse(String(init?.body)));
    const next = answers.shift();
    if (next === undefined) throw new Error("the script is over");
    if (!Array.isArray(next)) return Response.json(next);
    const body = next.map((event: { type?: string }) => sse(event, event.type)).join("");
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
  return { fetch, asked };
}
