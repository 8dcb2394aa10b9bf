/** A streaming standby of a server of ours, which can be promoted. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  clientFolder,
  end,
  freePort,
  hasServer,
  query,
  serverFolder,
  startProcess,
  userFor,
} from "../postgres-server.ts";

const program = join(clientFolder("pg_basebackup"), "pg_basebackup");
/** A server of which only the URL is known has no standby of ours. */
export const hasStandby =
  hasServer && process.env.CAUM_TEST_POSTGRES === undefined && existsSync(program);
if (hasServer && !hasStandby) {
  console.warn("standbys of PostgreSQL are NOT tested here: there is no pg_basebackup beside it");
}

export interface Standby {
  readonly url: string;
  /** Resolves when it takes writes. */
  promote(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
  dispose(): Promise<void>;
}

export async function startStandby(primary: string): Promise<Standby> {
  const folder = serverFolder() ?? "";
  const data = mkdtempSync(join(tmpdir(), "caum-standby-"));
  const user = userFor(data);
  const { hostname, port: primaryPort, username } = new URL(primary);
  const from = ["-h", hostname, "-p", primaryPort, "-U", username];
  // -R writes what makes it follow the primary.
  execFileSync(program, ["-D", data, "-R", "-X", "stream", "-c", "fast", "--no-sync", ...from], {
    stdio: "ignore",
    ...user,
  });
  const port = await freePort();
  const address = new URL(primary);
  address.port = String(port);
  const url = address.href;
  const place = { data, port, url, user, settings: [] };
  let child = await startProcess(join(folder, "postgres"), place);
  return {
    url,
    async promote() {
      await query(url, "select pg_promote(true, 60)");
    },
    stop: () => end(child, "SIGQUIT"),
    async start() {
      child = await startProcess(join(folder, "postgres"), place);
    },
    async dispose() {
      await end(child, "SIGQUIT");
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** From now on a commit of the primary waits until a standby has it; resolves when one is there. */
export async function waitForStandby(primary: string): Promise<void> {
  await query(primary, "alter system set synchronous_standby_names = '*'");
  await query(primary, "select pg_reload_conf()");
  for (;;) {
    const sql =
      "select 1 from pg_stat_replication where sync_state = 'sync' and state = 'streaming'";
    if ((await query(primary, sql)).length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
