/** Keeps a relay running for each server that `http-servers.json` names, as long as it names it. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { packedName } from "../install/entries/marker.ts";
import { type HttpServer, httpServers } from "../install/http/http-servers.ts";
import type { RelayTask } from "./http-relay-process.ts";

const LOOK_EVERY_MS = 500;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** One that ran for so long was well. */
const WELL_AFTER_MS = 60_000;

interface Relay {
  readonly close: () => void;
}

/** @param onEnd told each time that one ends by itself; it is started again */
export function keepHttpRelays(home: string, onEnd: (port: number) => void): Relay {
  const relays = new Map<string, Relay>();
  const look = () => {
    const wanted = new Map(httpServers(home).map((server) => [JSON.stringify(server), server]));
    for (const [key, relay] of relays) {
      if (wanted.has(key)) continue;
      relay.close();
      relays.delete(key);
    }
    for (const [key, server] of wanted) {
      if (!relays.has(key)) relays.set(key, keepOne(server, home, onEnd));
    }
  };
  look();
  const timer = setInterval(look, LOOK_EVERY_MS).unref();
  return {
    close() {
      clearInterval(timer);
      for (const relay of relays.values()) relay.close();
    },
  };
}

function keepOne(server: HttpServer, home: string, onEnd: (port: number) => void): Relay {
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let pauseMs = FIRST_PAUSE_MS;
  const start = () => {
    const startedAt = Date.now();
    child = startOne(server, home);
    child.once("exit", () => {
      if (isClosed) return;
      onEnd(server.port);
      if (Date.now() - startedAt > WELL_AFTER_MS) pauseMs = FIRST_PAUSE_MS;
      timer = setTimeout(start, pauseMs).unref();
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    });
  };
  start();
  return {
    close() {
      isClosed = true;
      clearTimeout(timer);
      child?.kill("SIGTERM");
    },
  };
}

/** Its standard error would name paths of servers, which may hold secrets. */
function startOne({ name, origin, port }: HttpServer, home: string): ChildProcess {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const script = fileURLToPath(new URL(`./http-relay-process.${ending}`, import.meta.url));
  const child = fork(script, [], { stdio: ["ignore", "ignore", "ignore", "ipc"] });
  // Servers of one origin are told apart by their name, which no request carries.
  const url = `${origin}/#${encodeURIComponent(name)}`;
  const entry = `caum2:${packedName(name)}:http`;
  const task: RelayTask = { url, listen: `127.0.0.1:${port}`, entry, home };
  child.on("error", () => undefined);
  child.send(task, () => undefined);
  return child;
}
