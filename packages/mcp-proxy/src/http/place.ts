/** Addresses: where to listen, and what counts as this machine. */
import { isIP } from "node:net";

export interface HttpPlace {
  readonly host: string;
  readonly port: number;
  /** A socket of this machine, in place of both. */
  readonly socketPath?: string;
}

const MAX_PORT = 65_535;

/** `127.0.0.1:4000`, `[::1]:4000`, `localhost:4000`, `:4000`, `4000` or `unix:/run/caum.sock`. */
export function placeOf(text: string): HttpPlace | undefined {
  const socketPath = /^unix:(\/.+)$/.exec(text)?.[1];
  if (socketPath !== undefined) return { host: "", port: 0, socketPath };
  const match = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):)?(\d{1,5})$/.exec(text);
  if (!match) return undefined;
  const port = Number(match[3]);
  return port > MAX_PORT ? undefined : { host: match[1] || match[2] || "127.0.0.1", port };
}

/** Whether a host name, as in a URL or a Host header, is this machine. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, "").toLowerCase();
  if (name === "localhost" || name.endsWith(".localhost") || name === "::1") return true;
  return isIP(name) === 4 && name.startsWith("127.");
}
