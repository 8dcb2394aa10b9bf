import { expect } from "vitest";
import type { ReceivedRequest, WireServer } from "./server.ts";

/** What a caller can tell about how something went: the value, or the error in every detail. */
export interface Outcome {
  readonly value?: unknown;
  readonly error?: unknown;
}

/** Runs the same against the bare and the wrapped client; neither caller nor server can tell them apart. */
export async function expectSame<Client>(
  server: WireServer,
  bare: Client,
  wrapped: Client,
  run: (client: Client) => Promise<unknown>,
): Promise<Outcome> {
  const expected = await observed(server, () => run(bare));
  const actual = await observed(server, () => run(wrapped));
  expect(actual.outcome).toEqual(expected.outcome);
  expect(actual.requests).toEqual(expected.requests);
  expect(actual.closings).toEqual(expected.closings);
  return actual.outcome;
}

async function observed(server: WireServer, run: () => Promise<unknown>) {
  server.reset();
  const outcome = await outcomeOf(run);
  // A held reply is over when the client closes the connection; nobody else ends it.
  await server.settled();
  const requests = server.requests.map(plain);
  const closings = server.replies.map(({ closedEarly, finished }) => ({ closedEarly, finished }));
  return { outcome, requests, closings };
}

export async function outcomeOf(run: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { value: await run() };
  } catch (error) {
    return { error: describeError(error) };
  }
}

/** An error with its class, its fields and its causes. */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const fields = Object.fromEntries(
    Object.entries(error)
      // The counters of a connection differ from one to the next.
      .filter(([name]) => name !== "socket")
      .map(([name, value]) => [name, describeField(value)]),
  );
  return {
    class: error.constructor,
    name: error.name,
    message: error.message,
    ...fields,
    cause: describeError(error.cause),
  };
}

function describeField(value: unknown): unknown {
  if (value instanceof Headers) return [...value];
  return value instanceof Error ? describeError(value) : value;
}

/** A response with everything about it that can be asked, its body last. */
export async function describeResponse(response: Response): Promise<unknown> {
  const { status, statusText, ok, url, redirected, type, bodyUsed } = response;
  const shape = Object.prototype.toString.call(response);
  const facts = { status, statusText, ok, url, redirected, type, bodyUsed, shape };
  const copy = await response.clone().text();
  const again = { text: await response.text(), usedNow: response.bodyUsed };
  return { ...facts, class: response.constructor, headers: [...response.headers], copy, again };
}

/** Every item of a stream, and the error that ended it. */
export async function drain(stream: AsyncIterable<unknown>): Promise<unknown> {
  const items: unknown[] = [];
  const end = await outcomeOf(async () => {
    for await (const item of stream) items.push(item);
  });
  return { items, end };
}

function plain({ method, url, rawHeaders, body }: ReceivedRequest) {
  // The boundary of a form is random in every request.
  const boundary = /boundary=(\S+)/.exec(rawHeaders.join("\n"))?.[1];
  const mask = (text: string) => (boundary ? text.replaceAll(boundary, "boundary") : text);
  return { method, url, headers: rawHeaders.map(mask), body: mask(body.toString("latin1")) };
}
