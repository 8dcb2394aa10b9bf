/**
 * The forward proxy of the environment, as Node's own agents use it: only when NODE_USE_ENV_PROXY or
 * --use-env-proxy asks for it. Written out here because older versions of Node have none.
 */
import { isIPv4 } from "node:net";

export interface ForwardProxy {
  readonly url: URL;
  readonly host: string;
  readonly port: number;
  /** The value of Proxy-Authorization. */
  readonly authorization: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_PORTS = new Map([
  ["http:", 80],
  ["https:", 443],
]);

/** @returns undefined when the server is reached directly */
export function forwardProxyOf(server: URL, env: Environment): ForwardProxy | undefined {
  if (!isAskedFor(env)) return undefined;
  const text =
    server.protocol === "https:"
      ? env.https_proxy || env.HTTPS_PROXY
      : env.http_proxy || env.HTTP_PROXY;
  if (!text || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!DEFAULT_PORTS.has(url.protocol)) return undefined;
  if (isExempt(server, env.no_proxy || env.NO_PROXY || "")) return undefined;
  return { url, host: bare(url), port: portOf(url), authorization: authorizationOf(url) };
}

/** A proxy is named, and nothing asks for it: worth a word when the server cannot be reached. */
export function hasUnusedProxy(server: URL, env: Environment): boolean {
  return (
    !isAskedFor(env) && forwardProxyOf(server, { ...env, NODE_USE_ENV_PROXY: "1" }) !== undefined
  );
}

/** The host as it is connected to. */
export function bare({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

export function portOf({ port, protocol }: URL): number {
  return port === "" ? (DEFAULT_PORTS.get(protocol) ?? 0) : Number(port);
}

function isAskedFor({ NODE_USE_ENV_PROXY, NODE_OPTIONS = "" }: Environment): boolean {
  return NODE_USE_ENV_PROXY === "1" || /(^|\s)--use-env-proxy(\s|$)/.test(NODE_OPTIONS);
}

function authorizationOf({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return undefined;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}

function isExempt(server: URL, list: string): boolean {
  const host = bare(server).toLowerCase();
  const hostAndPort = `${host}:${portOf(server)}`;
  return list
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => {
      if (entry === "*" || entry === host || entry === hostAndPort) return true;
      if (entry.startsWith(".")) return host === entry.slice(1) || host.endsWith(entry);
      if (entry.startsWith("*.")) return host.endsWith(entry.slice(1));
      return isInRange(host, entry);
    });
}

/** `192.168.1.1-192.168.1.100` */
function isInRange(host: string, entry: string): boolean {
  const [first = "", last = "", more] = entry.split("-").map((address) => address.trim());
  if (more !== undefined || ![host, first, last].every((address) => isIPv4(address))) return false;
  const number = numberOf(host);
  return number >= numberOf(first) && number <= numberOf(last);
}

function numberOf(address: string): number {
  return address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
}
