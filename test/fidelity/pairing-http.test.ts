/** Over HTTP, every answer finds its call, and what failed is closed at once: direct is no different. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type HttpProxy, startProxy, startServer } from "./http-party.ts";
import { callsIn, eventually, type KeptRecord, recordsAreIn, recordsIn } from "./kept.ts";

interface Asked {
  readonly id?: unknown;
  readonly method: string;
  readonly params: { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> };
}

type Answer = (asked: Asked, request: IncomingMessage, response: ServerResponse) => unknown;
type Headers = Readonly<Record<string, string>>;

const JSON_TYPE = { "content-type": "application/json" };
const EVENTS = { "content-type": "text/event-stream" };
const SESSION = { "mcp-session-id": "S" };

const ok = (id: unknown, more = {}) => ({ jsonrpc: "2.0", id, result: { content: [], ...more } });
const call = (id: unknown, name = "x", args = {}) => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name, arguments: args },
});
const INIT = {
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: { clientInfo: { name: "c", version: "1" } },
};

function send(response: ServerResponse, body: unknown, status = 200, headers: Headers = JSON_TYPE) {
  response.writeHead(status, headers).end(JSON.stringify(body));
}

/** A server that opens sessions, accepts notifications, ends sessions, and leaves calls to `answer`. */
function serving(answer: Answer, sessionId = () => "S") {
  return (request: IncomingMessage, response: ServerResponse, body: Buffer) => {
    const asked: Asked = body.length > 0 ? JSON.parse(body.toString()) : { method: "" };
    if (asked.method === "initialize") {
      send(response, ok(asked.id), 200, { ...JSON_TYPE, "mcp-session-id": sessionId() });
    } else if (request.method === "POST" && asked.id === undefined) {
      response.writeHead(202).end();
    } else if (request.method === "DELETE") {
      response.writeHead(200).end();
    } else {
      answer(asked, request, response);
    }
  };
}

/** What a client sees of an exchange: status and body, or that it broke. */
async function post(url: string, body: unknown, headers: Headers = {}, more: RequestInit = {}) {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { ...JSON_TYPE, accept: "application/json, text/event-stream", ...headers },
      body: JSON.stringify(body),
      ...more,
    });
    return `${response.status} ${await response.text()}`;
  } catch (problem) {
    return problem instanceof Error ? problem.name : "";
  }
}

interface Seen {
  readonly calls: readonly Readonly<Record<string, unknown>>[];
  readonly records: readonly KeptRecord[];
  readonly home: string;
}

/**
 * Has a client act without and with the proxy, which must look the same to it; answers what was
 * recorded.
 *
 * @param count how many records of calls there must be before the proxy ends
 */
async function recorded(
  handler: ReturnType<typeof serving>,
  act: (url: string) => Promise<unknown>,
  { count = 1, started = startProxy } = {},
): Promise<Seen> {
  const direct = await act((await startServer(handler)).url);
  const proxy: HttpProxy = await started((await startServer(handler)).url);
  expect(await act(proxy.url)).toEqual(direct);
  // Before its end: what is closed only then was not closed at once.
  await eventually(() => recordsAreIn(proxy.home) && callsIn(proxy.home).length >= count);
  proxy.child.kill("SIGTERM");
  await new Promise((resolve) => proxy.child.on("exit", resolve));
  const calls = callsIn(proxy.home).map(({ payload, parentEventId }) => ({
    ...payload,
    parentEventId,
  }));
  return { calls, records: recordsIn(proxy.home), home: proxy.home };
}

const outcomes = ({ calls }: Seen) =>
  calls.map(({ status, errorClass }) => [status, errorClass].filter(Boolean).join(" "));

describe("answers belong to the exchange they come in", () => {
  test.each([
    ["without sessions", {}],
    ["in a session", SESSION],
  ] as const)("a client may give every request one id, %s", async (_name, headers) => {
    const answer: Answer = ({ id, params }, _request, response) => {
      const isError = params.name === "stuck";
      setTimeout(() => send(response, ok(id, { isError })), isError ? 6 : 9);
    };
    const seen = await recorded(
      serving(answer),
      async (url) => {
        await post(url, INIT);
        const many = (name: string) =>
          Promise.all(
            Array.from({ length: 8 }, (_, n) => post(url, call(1, name, { n }), headers)),
          );
        return Promise.all([many("stuck"), many("read")]);
      },
      { count: 16 },
    );
    const pairs = seen.calls.map(({ toolName, status }) => `${toolName} ${status}`).sort();
    expect(pairs).toEqual([...Array(8).fill("read ok"), ...Array(8).fill("stuck error")]);
    // They were asked for at once, and the record says so.
    expect(new Set(seen.calls.map(({ parentEventId }) => parentEventId)).size).toBeLessThan(16);
  });

  test("two sessions may use the same ids", async () => {
    let sessions = 0;
    const answer: Answer = ({ id, params }, _request, response) =>
      setTimeout(() => send(response, ok(id, { isError: params.name === "bad" })), 5);
    const seen = await recorded(
      serving(answer, () => `S${sessions++ % 2}`),
      async (url) => {
        for (const _ of [0, 1]) await post(url, INIT);
        return Promise.all([
          post(url, call(1, "bad"), { "mcp-session-id": "S0" }),
          post(url, call(1, "good"), { "mcp-session-id": "S1" }),
        ]);
      },
      { count: 2 },
    );
    expect(seen.calls.map(({ toolName, status }) => `${toolName} ${status}`).sort()).toEqual([
      "bad error",
      "good ok",
    ]);
    expect(new Set(seen.records.map(({ sessionId }) => sessionId)).size).toBe(2);
  });

  test("an id may come back as text, and a batch in any order", async () => {
    const answer = (_request: IncomingMessage, response: ServerResponse, body: Buffer) => {
      const asked: Asked[] = JSON.parse(body.toString());
      send(
        response,
        asked.toReversed().map(({ id }) => ok(String(id))),
      );
    };
    const seen = await recorded(answer, (url) => post(url, [call(1, "a"), call(2, "b")]), {
      count: 2,
    });
    expect(seen.calls.map(({ toolName, status }) => `${toolName} ${status}`)).toEqual([
      "b ok",
      "a ok",
    ]);
    expect(seen.records.filter(({ payload }) => payload.type === "drop")).toEqual([]);
  });

  test("a batch of more than 64 KiB loses nothing", async () => {
    const count = 700;
    const answer = (_request: IncomingMessage, response: ServerResponse, body: Buffer) => {
      const asked: Asked[] = JSON.parse(body.toString());
      send(
        response,
        asked.map(({ id }) => ok(id, { text: "y".repeat(100) })),
      );
    };
    const batch = Array.from({ length: count }, (_, id) => call(id, "many", { n: id }));
    const seen = await recorded(answer, (url) => post(url, batch), { count });
    expect(outcomes(seen)).toEqual(Array(count).fill("ok"));
  });

  test.each([
    ["no type", {}],
    ["plain text", { "content-type": "text/plain; charset=utf-8" }],
    ["another type of JSON", { "content-type": "application/vnd.api+json" }],
  ])("an answer with %s is read", async (_name, headers) => {
    const answer: Answer = ({ id }, _request, response) =>
      send(response, ok(id, { isError: true }), 200, headers);
    const seen = await recorded(serving(answer), (url) => post(url, call(1)));
    expect(outcomes(seen)).toEqual(["error"]);
  });

  test("ids that no double can hold stay apart", async () => {
    const [one, other] = ["9007199254740993", "9007199254740992"];
    const answer = (_request: IncomingMessage, response: ServerResponse) => {
      const failed = `{"id":${other},"result":{"isError":true}}`;
      response.writeHead(200, JSON_TYPE).end(`[{"id":${one},"result":{}},${failed}]`);
    };
    const batch = JSON.stringify([call(1, "a"), call(2, "b")])
      .replace('"id":1', `"id":${one}`)
      .replace('"id":2', `"id":${other}`);
    const act = (url: string) =>
      fetch(url, { method: "POST", headers: JSON_TYPE, body: batch }).then((got) => got.text());
    const { calls } = await recorded(answer, act, { count: 2 });
    expect(calls.map(({ toolName, status }) => `${toolName} ${status}`)).toEqual([
      "a ok",
      "b error",
    ]);
  });

  test("long calls and long answers are read, whatever stands where", async () => {
    const long = "x".repeat(90_000);
    const answer: Answer = ({ id, params }, _request, response) => {
      const isFirst = params.name === "first";
      const structuredContent = { long };
      const result = isFirst ? { isError: true, structuredContent } : { structuredContent };
      if (isFirst) send(response, { jsonrpc: "2.0", id, result });
      else {
        const events = `data: ${JSON.stringify({ result: { ...result, isError: true }, id })}\n\n`;
        response.writeHead(200, EVENTS).end(events);
      }
    };
    const act = (url: string) =>
      Promise.all(
        ["first", "second"].map((name, id) =>
          post(url, { id, method: "tools/call", params: { arguments: { long }, name } }),
        ),
      );
    const { calls } = await recorded(serving(answer), act, { count: 2 });
    expect(calls.map(({ toolName, status }) => `${toolName} ${status}`).sort()).toEqual([
      "first error",
      "second error",
    ]);
  });

  test.each([
    ["Unauthorized", "error jsonrpc:-32001"],
    ["Request timed out", "timeout jsonrpc:-32001"],
  ])("-32001 with %j", async (message, expected) => {
    const answer: Answer = ({ id }, _request, response) =>
      send(response, { jsonrpc: "2.0", id, error: { code: -32001, message } });
    expect(outcomes(await recorded(serving(answer), (url) => post(url, call(1))))).toEqual([
      expected,
    ]);
  });

  const COMPLETED = { result: { taskId: "t", status: "completed" } };
  const GONE = { error: { code: -32602, message: "no such task" } };

  test.each([
    ["cancelled", "cancel", { result: { taskId: "t", status: "cancelled" } }, "cancelled"],
    ["cancelled perhaps", "cancel", { result: {} }, "cancelled guess:unconfirmed"],
    ["completed and not fetched", "get", COMPLETED, "ok guess:not_fetched"],
    ["gone", "get", GONE, "error jsonrpc:-32602"],
  ])("a task that is %s", async (_name, what, told, expected) => {
    const answer: Answer = ({ id, params }, _request, response) => {
      const task = { result: { task: { taskId: "t", status: "working" } } };
      const asked = params.name === "after" ? ok(id) : { id, ...(params.name ? task : told) };
      send(response, { jsonrpc: "2.0", ...asked });
    };
    const act = async (url: string) => {
      await post(url, INIT);
      const about = { jsonrpc: "2.0", id: 2, method: `tasks/${what}`, params: { taskId: "t" } };
      const got = [await post(url, call(1), SESSION), await post(url, about, SESSION)];
      // When this one is on the disk, all before it has been read.
      return got.concat(await post(url, call(3, "after"), SESSION));
    };
    const seen = await recorded(serving(answer), act);
    const others = seen.calls.filter(({ toolName }) => toolName !== "after");
    expect(outcomes({ ...seen, calls: others })).toEqual([expected]);
  });

  test("events without a type are read", async () => {
    const answer: Answer = ({ id }, _request, response) => {
      response.writeHead(200).end(`data: ${JSON.stringify(ok(id))}\n\n`);
    };
    expect(outcomes(await recorded(serving(answer), (url) => post(url, call(1))))).toEqual(["ok"]);
  });
});

describe.each([
  ["without a session", {}],
  ["in a session", SESSION],
] as const)("a call that fails is closed at once, %s", (_name, headers) => {
  const failing = async (answer: Answer) => {
    const act = async (url: string) => {
      await post(url, INIT);
      return post(url, call(1), headers);
    };
    return outcomes(await recorded(serving(answer), act));
  };

  test("refused", async () => {
    const answer: Answer = (_asked, _request, response) => response.writeHead(503).end("<h1>");
    expect(await failing(answer)).toEqual(["error http:503"]);
  });

  test("led to a page to sign in", async () => {
    const answer: Answer = (_asked, _request, response) => {
      response.writeHead(302, { location: "/login" }).end();
    };
    const act = async (url: string) => {
      await post(url, INIT);
      return post(url, call(1), headers, { redirect: "manual" });
    };
    expect(outcomes(await recorded(serving(answer), act))).toEqual(["error http:302"]);
  });

  test("answered by a page", async () => {
    const answer: Answer = (_asked, _request, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<form>");
    };
    expect(await failing(answer)).toEqual(["error http:no_answer"]);
  });

  test("answered without an id", async () => {
    const error = { jsonrpc: "2.0", id: null, error: { code: -32000, message: "x" } };
    const answer: Answer = (_asked, _request, response) => send(response, error);
    expect(await failing(answer)).toEqual(["error jsonrpc:-32000"]);
    const result: Answer = (_asked, _request, response) => send(response, { result: {} });
    expect(await failing(result)).toEqual(["error http:no_answer"]);
  });

  test("cut", async () => {
    const answer: Answer = (_asked, _request, response) => {
      response.writeHead(200, EVENTS).write("data: {\n");
      setTimeout(() => response.destroy(), 10);
    };
    expect(await failing(answer)).toEqual(["error http:no_answer"]);
  });

  test("not reached", async () => {
    const { url, server } = await startServer(serving(({ id }, _request, r) => send(r, ok(id))));
    const proxy = await startProxy(url);
    await post(proxy.url, INIT);
    await post(proxy.url, call(1), headers);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    for (const id of [2, 3])
      expect(await post(proxy.url, call(id), headers)).toMatch(/^502|Error$/);
    await eventually(() => recordsAreIn(proxy.home) && callsIn(proxy.home).length >= 3);
    expect(callsIn(proxy.home).map(({ payload }) => payload.status)).toEqual([
      "ok",
      "error",
      "error",
    ]);
  });
});

describe("what goes on in another exchange is not closed", () => {
  /** A stream that ends behind an event with an id; the answer comes when the client resumes. */
  function resumable(times: number): Answer {
    let asked: Asked | undefined;
    let resumptions = 0;
    return (message, request, response) => {
      response.writeHead(200, EVENTS);
      if (request.method === "POST") {
        asked = message;
        resumptions = 0;
        response.end("id: e0\ndata: \n\n");
      } else if (++resumptions < times) {
        response.end(`id: e${resumptions}\n\n`);
      } else {
        response.end(`id: e${resumptions}\ndata: ${JSON.stringify(ok(asked?.id))}\n\n`);
      }
    };
  }

  const resume = (url: string, id: string, headers: Headers) =>
    fetch(url, { headers: { accept: "text/event-stream", "last-event-id": id, ...headers } }).then(
      (response) => response.text(),
    );

  test.each([
    ["without a session", {}, 1],
    ["in a session", SESSION, 1],
    ["in a session, several times", SESSION, 3],
  ] as const)("resumption %s", async (_name, headers, times) => {
    const seen = await recorded(serving(resumable(times)), async (url) => {
      const got = [await post(url, INIT), await post(url, call(1, "slow"), headers)];
      for (let at = 0; at < times; at++) got.push(await resume(url, `e${at}`, headers));
      return got;
    });
    expect(outcomes(seen)).toEqual(["ok"]);
  });

  test("a replayed answer counts once", async () => {
    let answered = "";
    const answer: Answer = ({ id }, request, response) => {
      response.writeHead(200, EVENTS);
      if (request.method === "POST") answered = JSON.stringify(ok(id));
      response.end(`id: a\ndata: \n\nid: b\ndata: ${answered}\n\n`);
    };
    const seen = await recorded(
      serving(answer),
      async (url) => {
        const got = [await post(url, INIT), await post(url, call(1), SESSION)];
        got.push(await resume(url, "a", SESSION));
        return [...got, await post(url, call(1), SESSION)];
      },
      { count: 2 },
    );
    expect(outcomes(seen)).toEqual(["ok", "ok"]);
    expect(seen.records.filter(({ payload }) => payload.type === "drop")).toEqual([]);
  });

  test("a resumption that the server refuses for good is an error", async () => {
    const answer: Answer = (_asked, request, response) => {
      if (request.method === "GET") response.writeHead(404).end();
      else response.writeHead(200, EVENTS).end("id: e0\ndata: \n\n");
    };
    const seen = await recorded(serving(answer), async (url) => [
      await post(url, call(1)),
      await resume(url, "e0", {}),
    ]);
    expect(outcomes(seen)).toEqual(["error http:404"]);
  });

  test("an answer that comes while its session is ended", async () => {
    const answer: Answer = ({ id }, _request, response) =>
      setTimeout(() => send(response, ok(id)), 60);
    const seen = await recorded(serving(answer), async (url) => {
      await post(url, INIT);
      const answered = post(url, call(1), SESSION);
      await sleep(30);
      await fetch(url, { method: "DELETE", headers: SESSION });
      return answered;
    });
    expect(outcomes(seen)).toEqual(["ok"]);
  });
});

describe("redirects", () => {
  test.each([
    [307, {}],
    [308, SESSION],
  ] as const)("by %i are one call", async (status, headers) => {
    const inner = serving(({ id }, _request, response) => send(response, ok(id)));
    const handler: typeof inner = (request, response, body) => {
      if (request.url !== "/mcp") return inner(request, response, body);
      return response.writeHead(status, { location: "/mcp/" }).end();
    };
    const act = async (url: string) => {
      const got = [await post(url, INIT)];
      for (const n of [1, 2, 3]) got.push(await post(url, call(1, "x", { n }), headers));
      return got.concat(
        await Promise.all([4, 5].map((n) => post(url, call(1, "x", { n }), headers))),
      );
    };
    expect(outcomes(await recorded(handler, act, { count: 5 }))).toEqual(Array(5).fill("ok"));
  });

  test("to the name by which the server was reached are one call", async () => {
    const inner = serving(({ id }, _request, response) => send(response, ok(id)));
    const handler: typeof inner = (request, response, body) => {
      if (request.url !== "/mcp") return inner(request, response, body);
      return response.writeHead(307, { location: `http://${request.headers.host}/mcp/` }).end();
    };
    expect(outcomes(await recorded(handler, (url) => post(url, call(1))))).toEqual(["ok"]);
  });

  test("to another server are an error, by a guess", async () => {
    const answer: Answer = (_asked, _request, response) => {
      response.writeHead(307, { location: "http://sign-in.invalid/" }).end();
    };
    const act = (url: string) => post(url, call(1), {}, { redirect: "manual" });
    expect(outcomes(await recorded(serving(answer), act))).toEqual(["error guess:redirected"]);
  });
});

describe("a call that the client gives up", () => {
  const cancel = (reason?: string) => ({
    jsonrpc: "2.0",
    method: "notifications/cancelled",
    params: { requestId: 1, reason },
  });

  test.each([
    ["McpError: MCP error -32001: Request timed out", "timeout"],
    ["enough", "cancelled"],
  ])("with a request of its own (%s) is %s", async (reason, expected) => {
    for (const headers of [{}, SESSION]) {
      const answer: Answer = ({ id }, _request, response) =>
        setTimeout(() => send(response, ok(id)), 60);
      const seen = await recorded(serving(answer), async (url) => {
        await post(url, INIT);
        const late = post(url, call(1), headers);
        await sleep(30);
        return [await post(url, cancel(reason), headers), await late];
      });
      expect(outcomes(seen)).toEqual([expected]);
      expect(seen.records.filter(({ payload }) => payload.type === "drop")).toEqual([]);
    }
  });

  test.each([
    ["of 2026-07-28", { "io.modelcontextprotocol/protocolVersion": "2026-07-28" }, "cancelled"],
    ["before", undefined, "cancelled guess:closed"],
  ])("by closing, with a client %s", async (_name, meta, expected) => {
    for (const headers of [{}, SESSION]) {
      const answer: Answer = (_asked, _request, response) => {
        response.writeHead(200, EVENTS).flushHeaders();
      };
      const seen = await recorded(serving(answer), async (url) => {
        await post(url, INIT);
        const stop = new AbortController();
        setTimeout(() => stop.abort(), 50);
        const asked = call(1);
        const params = { ...asked.params, _meta: meta };
        return post(url, { ...asked, params }, headers, { signal: stop.signal });
      });
      expect(outcomes(seen)).toEqual([expected]);
    }
  });
});

describe("the older transport", () => {
  /** One stream, in which everything is answered that is posted to the address it tells. */
  function legacy(answer: (stream: ServerResponse, asked: Asked) => void) {
    let stream: ServerResponse | undefined;
    let opened = 0;
    return (request: IncomingMessage, response: ServerResponse, body: Buffer) => {
      if (request.method === "GET") {
        response.writeHead(200, EVENTS);
        response.write(`event: endpoint\ndata: /messages?id=${opened++}\n\n`);
        stream = response;
        return;
      }
      response.writeHead(202).end("Accepted");
      if (stream) answer(stream, JSON.parse(body.toString()));
    };
  }

  /** Opens a stream, posts once, and reads the stream to its end. */
  async function once(url: string, asked: unknown): Promise<string> {
    const response = await fetch(url);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const first = (await reader?.read())?.value ?? "";
    const address = new URL(/data: (\S+)/.exec(first)?.[1] ?? "", url);
    let seen = await post(address.href, asked);
    try {
      for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
        seen += read.value;
      }
    } catch {
      seen += " broken";
    }
    return seen;
  }

  test("a stream that breaks ends the calls that wait for it", async () => {
    const breaking = legacy((stream) => setTimeout(() => stream.destroy(), 20));
    const seen = await recorded(breaking, (url) => once(url, call(1)));
    expect(outcomes(seen)).toEqual(["error http:no_answer"]);
  });

  test("a stream for every call hides no loop", async () => {
    const failing = legacy((stream, { id }) =>
      stream.end(`data: ${JSON.stringify(ok(id, { isError: true }))}\n\n`),
    );
    const act = async (url: string) => {
      const got: string[] = [];
      for (let at = 0; at < 4; at++) got.push(await once(url, call(1)));
      return got.map((text) => text.replace(/id=\d+/, ""));
    };
    const seen = await recorded(failing, act, { count: 4 });
    expect(outcomes(seen)).toEqual(Array(4).fill("error"));
    expect(new Set(seen.records.map(({ sessionId }) => sessionId)).size).toBe(1);
  });
});

describe("a session for every call", () => {
  /** @returns how many sessions of ours the calls are written into */
  async function sessionsOf(count: number, calls: number, isDeleted: boolean): Promise<number> {
    let opened = 0;
    const answer: Answer = ({ id }, _request, response) =>
      send(response, ok(id, { isError: true }));
    const { url } = await startServer(serving(answer, () => `S${opened++}`));
    const proxy = await startProxy(url);
    for (let at = 0; at < count; at++) {
      const headers = { "mcp-session-id": `S${opened}` };
      await post(proxy.url, INIT);
      for (let id = 1; id <= calls; id++) await post(proxy.url, call(id), headers);
      if (isDeleted) await fetch(proxy.url, { method: "DELETE", headers });
    }
    await eventually(
      () => recordsAreIn(proxy.home) && callsIn(proxy.home).length === count * calls,
    );
    return new Set(callsIn(proxy.home).map(({ sessionId }) => sessionId)).size;
  }

  test("is one session when they are ended", async () => {
    expect(await sessionsOf(6, 1, true)).toBe(1);
  });

  test("is seen at the third when they are left alone", async () => {
    expect(await sessionsOf(6, 1, false)).toBe(2);
  });

  test("is not what a session of several calls is", async () => {
    expect(await sessionsOf(3, 2, true)).toBe(3);
  });
});
