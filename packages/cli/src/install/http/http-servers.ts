/** `http-servers.json` of CAUM_HOME: which relays the service keeps, and for which entry of which file. */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../../machine/write-whole.ts";

export interface HttpServer {
  readonly client: string;
  readonly path: string;
  /** What the client's file calls it. */
  readonly name: string;
  /** The server's own; never a path or a query, where secrets may be. */
  readonly origin: string;
  /** Chosen once: the client's file names it. */
  readonly port: number;
}

const NAME = "http-servers.json";
const HIGHEST_PORT = 65_535;

/** Nothing when there is no such file, or it cannot be read. */
export function httpServers(caumHome: string): readonly HttpServer[] {
  try {
    const { servers } = JSON.parse(readFileSync(join(caumHome, NAME), "utf8"));
    return Array.isArray(servers) ? servers.filter(isHttpServer) : [];
  } catch {
    return [];
  }
}

export function keepHttpServers(servers: readonly HttpServer[], caumHome: string): void {
  const path = join(caumHome, NAME);
  if (servers.length === 0) {
    rmSync(path, { force: true });
    return;
  }
  mkdirSync(caumHome, { recursive: true, mode: 0o700 });
  writeWhole(path, `${JSON.stringify({ servers }, undefined, 2)}\n`, 0o600);
}

function isHttpServer(value: unknown): value is HttpServer {
  if (typeof value !== "object" || value === null) return false;
  // True of every object; each member is looked at below.
  const { client, path, name, origin, port } = value as Readonly<Record<string, unknown>>;
  const isText = [client, path, name, origin].every((text) => typeof text === "string");
  return isText && URL.canParse(String(origin)) && isPort(port);
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) <= HIGHEST_PORT;
}
