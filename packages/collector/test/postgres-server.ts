/** A PostgreSQL server of one's own, for tests: started, killed and started again at will. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Writable } from "node:stream";
import pg from "pg";

const USUAL_FOLDERS = "/usr/lib/postgresql";
const START_MS = 30_000;
/** The server refuses to run as root. */
const OTHER_USERS = ["postgres", "nobody"];

export interface TestServer {
  /** URL of a superuser in a database that is there from the start. */
  readonly url: string;
  /** URL of a database with nothing in it. */
  emptyDatabase(): Promise<string>;
  /** URL of a copy of a database that nobody is connected to. */
  copyOf(url: string): Promise<string>;
  /** As a crash would. Absent where the server is not ours. */
  kill?(): Promise<void>;
  restart?(): Promise<void>;
  stop(): Promise<void>;
}

/** Where the programs of the server are; undefined when there are none on this machine. */
export function serverFolder(): string | undefined {
  return folders().find((folder) => existsSync(join(folder, "initdb")));
}

/** Where the others are that come with it: a link to one of them may stand in another folder. */
export function clientFolder(program: string): string {
  return folders().find((folder) => existsSync(join(folder, program))) ?? "";
}

/** `CAUM_TEST_POSTGRES_BIN` chooses between releases that are there beside each other. */
function folders(): readonly string[] {
  const chosen = process.env.CAUM_TEST_POSTGRES_BIN;
  if (chosen !== undefined) return [chosen];
  const versions = existsSync(USUAL_FOLDERS) ? readdirSync(USUAL_FOLDERS) : [];
  const newestFirst = versions.toSorted((a, b) => Number(b) - Number(a));
  const usual = newestFirst.map((version) => join(USUAL_FOLDERS, version, "bin"));
  return [...(process.env.PATH ?? "").split(delimiter), ...usual];
}

export const hasServer =
  process.env.CAUM_TEST_POSTGRES !== undefined || serverFolder() !== undefined;

/** Says loudly what is not tested, where nothing can be. */
export function tellMissing(): void {
  if (hasServer) return;
  console.warn(
    "PostgreSQL is NOT tested here: install it (Debian: apt-get install postgresql), or set CAUM_TEST_POSTGRES to the URL of a superuser",
  );
}

/**
 * Starts a server in a temporary folder, or uses the one that `CAUM_TEST_POSTGRES` names.
 *
 * @throws {Error} when there is none
 */
export async function startServer(settings: readonly string[] = []): Promise<TestServer> {
  const given = process.env.CAUM_TEST_POSTGRES;
  if (given !== undefined) return { ...databasesOf(given), url: given, stop: async () => {} };
  const folder = serverFolder();
  if (folder === undefined) throw new Error("there is no PostgreSQL server on this machine");
  const data = mkdtempSync(join(tmpdir(), "caum-postgres-"));
  const user = userFor(data);
  const initdb = ["-D", data, "-A", "trust", "-U", "caum", "-E", "UTF8", "--locale=C", "--no-sync"];
  execFileSync(join(folder, "initdb"), initdb, { stdio: "ignore", ...user });
  const port = await freePort();
  const url = `postgres://caum@127.0.0.1:${port}/postgres`;
  const start = () => startProcess(join(folder, "postgres"), { data, port, url, user, settings });
  let child = await start();
  return {
    ...databasesOf(url),
    url,
    async kill() {
      await end(child, "SIGQUIT");
    },
    async restart() {
      await end(child, "SIGQUIT");
      child = await start();
    },
    async stop() {
      await end(child, "SIGQUIT");
      rmSync(data, { recursive: true, force: true });
    },
  };
}

function databasesOf(url: string): Pick<TestServer, "emptyDatabase" | "copyOf"> {
  let made = 0;
  const create = async (template: string) => {
    const name = `caum_test_${process.pid}_${Date.now().toString(36)}_${made++}`;
    await query(url, `create database ${name} template ${template}`);
    const address = new URL(url);
    address.pathname = `/${name}`;
    return address.href;
  };
  return {
    emptyDatabase: () => create("template0"),
    copyOf: (original) => create(new URL(original).pathname.slice(1)),
  };
}

export async function query(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

export interface Place {
  readonly data: string;
  readonly port: number;
  readonly url: string;
  readonly user: { readonly uid?: number; readonly gid?: number };
  readonly settings: readonly string[];
}

/** Starts the server of a folder that is there. */
export async function startProcess(program: string, place: Place): Promise<ChildProcess> {
  const { data, port, user, url, settings } = place;
  const options = ["unix_socket_directories=", "listen_addresses=127.0.0.1", ...settings];
  const args = ["-D", data, "-p", String(port), ...options.flatMap((option) => ["-c", option])];
  const child = spawn(program, args, { stdio: "ignore", cwd: data, ...user });
  const guard = guardOf(child, data);
  child.once("exit", () => guard.end("ended\n"));
  const started = performance.now();
  for (;;) {
    try {
      await query(url, "select 1");
      return child;
    } catch (failure) {
      if (child.exitCode !== null) throw new Error("the server ended", { cause: failure });
      if (performance.now() - started > START_MS) throw failure;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Ends the server when this process is gone, whatever became of it: a pipe tells, even of a kill. */
function guardOf(child: ChildProcess, data: string): Writable {
  const script = 'read -r ended && exit; kill -QUIT "$1"; rm -rf "$2"';
  const guard = spawn("sh", ["-c", script, "guard", String(child.pid), data], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  guard.unref();
  guard.stdin.on("error", () => undefined);
  (guard.stdin as Socket).unref(); // A pipe to a child is one.
  return guard.stdin;
}

export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await ended;
}

/** Who may run a server that refuses to run as root, and owns the folder then. */
export function userFor(data: string): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  for (const name of OTHER_USERS) {
    try {
      const [uid = 0, gid = 0] = ["-u", "-g"].map((flag) =>
        Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: "pipe" })),
      );
      chownSync(data, uid, gid);
      return { uid, gid };
    } catch {
      // There is no such user here.
    }
  }
  throw new Error("PostgreSQL does not run as root: add a user named postgres");
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
