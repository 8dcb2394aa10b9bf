/** Connections to an https server through a forward proxy: CONNECT, then TLS with the server itself. */
import { request as requestHttp } from "node:http";
import { Agent, type AgentOptions, request as requestHttps } from "node:https";
import type { Duplex } from "node:stream";
import { type ConnectionOptions, connect } from "node:tls";
import type { ForwardProxy } from "./forward-proxy.ts";

type Connected = (problem: Error | null, socket: Duplex) => void;

const CONNECTED = 200;

export class TunnelAgent extends Agent {
  readonly #proxy: ForwardProxy;

  constructor(proxy: ForwardProxy, options: AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  /** Called by Node for a new connection. */
  override createConnection(
    options: { host?: string | null; port?: number | string | null },
    connected: Connected,
  ): undefined {
    const { url, host, port, authorization } = this.#proxy;
    const name = options.host?.includes(":") ? `[${options.host}]` : options.host;
    const server = `${name}:${options.port}`;
    const headers = {
      host: server,
      "proxy-connection": "keep-alive",
      ...(authorization && { "proxy-authorization": authorization }),
    };
    // True because a caller that looks at the problem does not look at the socket.
    const failed = (problem: Error) => connected(problem, undefined as unknown as Duplex);
    const open = url.protocol === "https:" ? requestHttps : requestHttp;
    const asked = open({ host, port, method: "CONNECT", path: server, headers, agent: false });
    asked.on("error", failed);
    asked.on("connect", ({ statusCode = 0 }, socket) => {
      if (statusCode !== CONNECTED) {
        socket.destroy();
        failed(Object.assign(new Error(), { code: `the forward proxy says ${statusCode}` }));
        return;
      }
      // True because an agent hands over what it would connect with.
      const secure = connect({ ...(options as ConnectionOptions), socket }, () => {
        secure.off("error", failed);
        connected(null, secure);
      });
      secure.on("error", failed);
    });
    asked.end();
    return undefined;
  }
}
