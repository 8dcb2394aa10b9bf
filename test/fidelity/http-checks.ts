/** What must pass over HTTP unchanged: name, what is sent, what the server answers. */
import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import type { Sent } from "./http-party.ts";

export interface HttpCheck {
  readonly name: string;
  readonly sent: Sent;
  readonly answer: (response: ServerResponse) => void;
}

const JSON_TYPE = ["Content-Type", "application/json"];
const call = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{}}}';
const reply = '{"jsonrpc":"2.0","id":1,"result":{"content":[]}}';

function posted(
  name: string,
  answer: (response: ServerResponse) => void,
  sent: Sent = {},
): HttpCheck {
  return { name, sent: { headers: JSON_TYPE, body: [Buffer.from(call)], ...sent }, answer };
}

function json(status: number, body: string | Buffer, headers: readonly string[] = JSON_TYPE) {
  return (response: ServerResponse) => {
    response.writeHead(status, [...headers, "Content-Length", String(Buffer.byteLength(body))]);
    response.end(body);
  };
}

/** Every chunk in its own turn, so that it is its own piece on the wire. */
function streamed(headers: readonly string[], ...chunks: readonly (string | Buffer)[]) {
  return async (response: ServerResponse) => {
    response.writeHead(200, [...headers]);
    for (const chunk of chunks) {
      response.write(chunk);
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  };
}

const EVENTS = ["Content-Type", "text/event-stream", "Cache-Control", "no-cache"];

const ANSWERS: readonly HttpCheck[] = [
  posted("a JSON answer", json(200, reply)),
  posted("an answer without a body", (response) => response.writeHead(202).end()),
  posted("no content", (response) => response.writeHead(204).end()),
  posted("events", streamed(EVENTS, `id: 1\nevent: message\ndata: ${reply}\n\n`, ": ping\n\n")),
  posted(
    "events cut anywhere",
    streamed(EVENTS, "da", "ta: {", '"id":1,"resu', `lt":{}}\r\n\r`, "\n"),
  ),
  posted("split UTF-8", streamed(JSON_TYPE, Buffer.of(0x22, 0xc3), Buffer.of(0xa9, 0x22))),
  posted("invalid UTF-8", json(200, Buffer.from([0xff, 0xfe, 0x00, 0x0a]))),
  posted("a status text of its own", (response) => {
    response.writeHead(200, "Fine By Me", [...JSON_TYPE, "Content-Length", "2"]).end("{}");
  }),
  posted(
    "400 with a JSON-RPC body",
    json(400, '{"jsonrpc":"2.0","error":{"code":-32020},"id":null}'),
  ),
  posted("400 without a body", json(400, "")),
  posted(
    "401 with a challenge",
    json(401, "", ["WWW-Authenticate", 'Bearer resource_metadata="x"']),
  ),
  posted("404 of an unknown session", json(404, '{"error":{"code":-32601}}')),
  posted("405", json(405, "no", ["Allow", "POST"])),
  posted("500 with HTML", json(500, "<h1>broken</h1>", ["Content-Type", "text/html"])),
  posted("a redirect", json(307, "", ["Location", "/elsewhere"])),
  posted("gzip", json(200, gzipSync(reply), [...JSON_TYPE, "Content-Encoding", "gzip"])),
  posted("gzip that is none", json(200, "no gzip", [...JSON_TYPE, "Content-Encoding", "gzip"])),
  posted("an encoding nobody knows", json(200, "?", [...JSON_TYPE, "Content-Encoding", "zz"])),
  posted("12 MiB", json(200, Buffer.alloc(12 * 1024 * 1024, "x"))),
  posted("headers in their order, case and number", (response) => {
    const headers = ["X-b", "1", "x-A", "2", "Set-Cookie", "a=1", "SET-COOKIE", "b=2", "X-b", "3"];
    response.writeHead(200, [...headers, "Content-Length", "0"]).end();
  }),
  posted("trailers", (response) => {
    response.writeHead(200, ["Trailer", "X-End", "Transfer-Encoding", "chunked"]);
    response.write("{}");
    response.addTrailers([["X-End", "yes"]]);
    response.end();
  }),
];

const fine = json(200, reply);

const REQUESTS: readonly HttpCheck[] = [
  posted("a body in chunks", fine, {
    body: [Buffer.from(call.slice(0, 9)), Buffer.from(call.slice(9))],
  }),
  posted("a body with its length", fine, {
    headers: [...JSON_TYPE, "Content-Length", String(call.length)],
  }),
  posted("12 MiB", fine, { body: [Buffer.alloc(12 * 1024 * 1024, "y")] }),
  posted("MCP headers", fine, {
    headers: [
      ...JSON_TYPE,
      ...["Mcp-Session-Id", "s", "MCP-Protocol-Version", "2026-07-28", "Last-Event-ID", "7"],
      ...["Mcp-Method", "tools/call", "Mcp-Name", "x", "Mcp-Param-Path", "=?base64?aGk=?="],
      ...["Authorization", "Bearer t", "Accept", "application/json, text/event-stream"],
      ...["Accept-Encoding", "gzip, br", "traceparent", "00-1-2-3", "Origin", "http://localhost"],
    ],
  }),
  posted("headers of 100 KB", fine, { headers: [...JSON_TYPE, "X-Long", "l".repeat(100_000)] }),
  posted("not JSON", fine, {
    headers: ["Content-Type", "text/plain"],
    body: [Buffer.from("hi\n")],
  }),
  posted("JSON that is broken", fine, { body: [Buffer.from('{"id":1,,')] }),
  posted("a batch", json(200, `[${reply}]`), { body: [Buffer.from(`[${call},${call}]`)] }),
  posted("a path with a query", fine, { path: "/mcp/../x?a=%2F&sessionId=%00#" }),
  { name: "GET", sent: { method: "GET" }, answer: streamed(EVENTS, "data: {}\n\n") },
  {
    name: "DELETE",
    sent: { method: "DELETE", headers: ["Mcp-Session-Id", "s"] },
    answer: json(200, ""),
  },
  { name: "OPTIONS", sent: { method: "OPTIONS" }, answer: json(204, "") },
  { name: "HEAD", sent: { method: "HEAD" }, answer: (response) => response.writeHead(200).end() },
  { name: "PUT", sent: { method: "PUT", body: [Buffer.from("x")] }, answer: fine },
];

export const HTTP_CHECKS: readonly HttpCheck[] = [
  ...ANSWERS,
  ...REQUESTS.map((check) => ({ ...check, name: `to the server: ${check.name}` })),
];
