import type { ServerResponse } from "node:http";

/** The code of a JSON-RPC error that a server, not the protocol, defines. */
const SERVER_ERROR = -32_000;

/** Answers by ourselves, in a form that an MCP client can show. */
export function refuse(response: ServerResponse, status: number, reason: string): void {
  const error = { code: SERVER_ERROR, message: `caum-mcp-proxy: ${reason}` };
  const body = JSON.stringify({ jsonrpc: "2.0", error, id: null });
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}
