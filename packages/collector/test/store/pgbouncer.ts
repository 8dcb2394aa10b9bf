/** PgBouncer in front of a server, in the mode that is asked for. */
import { spawn, spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { end, freePort, query, userFor } from "../postgres-server.ts";

/** Where Debian puts it; not everybody has that on their path. */
const PATH = `${process.env.PATH ?? ""}:/usr/sbin`;
const asked = spawnSync("pgbouncer", ["--version"], {
  env: { ...process.env, PATH },
  encoding: "utf8",
});
export const hasPgbouncer = asked.status === 0;
if (!hasPgbouncer) {
  console.warn(
    "PgBouncer is NOT tested here: install it (Debian and Ubuntu: apt-get install pgbouncer)",
  );
}

export interface Pooler {
  /** The same database, through it. */
  through(url: string): string;
  stop(): Promise<void>;
}

export interface PoolerSettings {
  readonly mode: "transaction" | "session";
  /** Connections to the server for each user and database. */
  readonly connections: number;
  readonly users: readonly string[];
}

export async function startPgbouncer(server: string, settings: PoolerSettings): Promise<Pooler> {
  const folder = mkdtempSync(join(tmpdir(), "caum-pgbouncer-"));
  const user = userFor(folder);
  const port = await freePort();
  const { hostname, port: serverPort } = new URL(server);
  const files = {
    "pgbouncer.ini": `[databases]
* = host=${hostname} port=${serverPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${folder}/users.txt
pool_mode = ${settings.mode}
default_pool_size = ${settings.connections}
max_client_conn = 500
`,
    "users.txt": settings.users.map((name) => `"${name}" ""\n`).join(""),
  };
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    writeFileSync(path, text);
    if (user.uid !== undefined && user.gid !== undefined) chownSync(path, user.uid, user.gid);
  }
  const child = spawn("pgbouncer", ["-q", join(folder, "pgbouncer.ini")], {
    stdio: ["ignore", "ignore", "ignore"],
    env: { ...process.env, PATH },
    cwd: folder,
    ...user,
  });
  const through = (url: string) => {
    const address = new URL(url);
    address.port = String(port);
    return address.href;
  };
  for (;;) {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended with ${child.exitCode}`);
    const isUp = await query(through(server), "select 1").catch(() => undefined);
    if (isUp !== undefined) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    through,
    async stop() {
      await end(child, "SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
