import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { verifyConsistency } from "@caum/core/verify";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Compaction } from "../../../collector/src/operation/compaction.ts";
import { Database } from "../../../collector/src/store/postgres/database.ts";
import { openSqliteStore } from "../../../collector/src/store/sqlite/sqlite-store.ts";
import { ALL_TABLES } from "../../../collector/src/store/tables.ts";
import {
  hasServer,
  query,
  startServer,
  type TestServer,
} from "../../../collector/test/postgres-server.ts";
import { type FilledFolder, fillFolder, LATER, Running } from "./moving-folder.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const SESSIONS = ["native", "forked", "doors", "expired"];

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function words(...more: readonly string[]): readonly string[] {
  return ["--conditions=@caum/source", "--no-warnings", MAIN, "migrate", ...more];
}

function migrate(...more: readonly string[]): Promise<Said> {
  return new Promise((resolve) => {
    execFile(process.execPath, words(...more), (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

describe.skipIf(!hasServer)("caum migrate", () => {
  let server: TestServer;
  let root: string;
  let filled: FilledFolder;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "caum-migrate-"));
    [server, filled] = await Promise.all([startServer(), fillFolder(join(root, "folder"))]);
  });
  afterAll(async () => {
    await server.stop();
    rmSync(root, { recursive: true, force: true });
  });

  /** What a collector says of all sessions, as far as time does not change it. */
  async function said(running: Running) {
    const keys = [running.key, filled.otherKey];
    const answers = keys.flatMap((key) => [
      ...SESSIONS.map((session) => running.ask("GET", `/v1/session/${session}`, key)),
      running.ask("GET", "/v1/session/gone", key),
      running.ask("GET", "/v1/sessions?limit=100", key),
      running.ask("GET", "/v1/usage", key),
      running.ask("GET", "/v1/alerts", key),
      running.ask("GET", "/v1/alerts/history", key),
      running.ask("GET", "/v1/keys", running.admin),
      running.ask("GET", "/v1/session/native/proof/300", key),
    ]);
    const exports = SESSIONS.map((session) => running.exported(session));
    return { answers: await Promise.all(answers), exports: await Promise.all(exports) };
  }

  test("moves everything: answers, roots and bundles are the same, and the chains go on", async () => {
    const before = await Running.start({ data: filled.folder });
    const expected = await said(before);
    const { apiKey, verifierKey } = before.collector;
    const busy = await migrate("--from", filled.folder, "--to", "postgres://nowhere.invalid/x");
    expect(busy).toMatchObject({ code: 2, stderr: expect.stringContaining("in use by process") });
    await before.stop();
    const held = readFileSync(join(filled.folder, "caum.db"));

    const database = await server.emptyDatabase();
    const moved = await migrate("--from", filled.folder, "--to", database, "--json", "--show-keys");
    expect(moved).toMatchObject({ code: 0, stderr: "" });
    const { settings, rows } = JSON.parse(moved.stdout);
    expect(rows).toMatchObject({ tenants: 2, alert_rules: 1 });
    for (const table of [
      "records",
      "forks",
      "notes",
      "subtrees",
      "tokens",
      "event_ids",
      "alerts",
      "log_entries",
      "log_notes",
    ]) {
      expect(rows[table], table).toBeGreaterThan(0);
    }
    expect(readFileSync(join(filled.folder, "caum.db")).equals(held)).toBe(true);

    const after = await Running.start({ data: join(root, "none"), database, env: settings });
    try {
      expect(after.collector).toMatchObject({ apiKey, verifierKey, isNew: false });
      expect(await said(after)).toEqual(expected);
      const step = { session_id: "doors", step: 7, tool: "bash" };
      expect((await after.ask("POST", "/v1/step", after.key, step)).status).toBe(200);
      const { body } = await after.ask("GET", "/v1/session/doors/consistency?from=7");
      const oldRoot = expected.exports[2]?.root;
      expect(body.first_root).toBe(oldRoot);
      const second = { size: body.to, root: body.merkle_root };
      expect(verifyConsistency({ size: 7, root: body.first_root }, second, body.hashes)).toBe(true);
      expect((await after.exported("doors")).findings).toEqual([]);
      expect(
        (await after.ask("POST", "/v1/step", after.key, { ...step, session_id: "gone" })).status,
      ).toBe(410);
    } finally {
      await after.stop();
    }
    const again = await migrate("--from", filled.folder, "--to", database);
    expect(again).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("moved to this database before"),
    });
  });

  test("killed in the middle no node starts on it, and the next run completes it", async () => {
    const folder = join(root, "killed");
    cpSync(filled.folder, folder, { recursive: true });
    const to = await server.emptyDatabase();
    await (await Database.open(to, 1)).close();
    const holder = new pg.Client({ connectionString: to });
    await holder.connect();
    await holder.query("begin; lock table alerts in access exclusive mode");
    const child = spawn(process.execPath, words("--from", folder, "--to", to), { stdio: "ignore" });
    const ended = once(child, "exit");
    // It waits for the table that is held; everything before that is there by then.
    while ((await query(to, "select 1 from pg_locks where not granted")).length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    child.kill("SIGKILL");
    await ended;
    await holder.query("rollback");
    await holder.end();
    const [present] = await query(to, "select count(*)::int as sessions from sessions");
    expect(present?.sessions).toBeGreaterThan(0);
    const env = settingsOf(await migrate("--from", folder, "--dry-run", "--json", "--show-keys"));
    const start = () => Running.start({ data: join(root, "none"), database: to, env });
    await expect(start()).rejects.toThrow();

    // Meanwhile the folder is used again.
    const used = await Running.start({ data: folder });
    await used.ask("POST", "/v1/step", used.key, { session_id: "doors", step: 7, tool: "bash" });
    await used.ask("GET", "/v1/session/native/receipt", used.key);
    await used.ask("DELETE", "/v1/session/expired", used.admin);
    const expected = await used.exported("doors");
    await used.stop();
    const store = await openSqliteStore(folder);
    const compaction = new Compaction({ store, clock: () => LATER, onFailure: () => {} });
    // Nothing else is changed of these sessions.
    expect(await compaction.round(0)).toBeGreaterThan(0);
    await store.close();

    const second = await migrate("--from", folder, "--to", to, "--json");
    expect(second).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(second.stdout)).toMatchObject({ resumed: true });
    const after = await start();
    expect(await after.exported("doors")).toEqual(expected);
    expect((await after.ask("GET", "/v1/session/expired")).status).toBe(410);
    await after.stop();
  });

  test("a record that is altered in the database on the way is found", async () => {
    const to = await server.emptyDatabase();
    await (await Database.open(to, 1)).close();
    await query(
      to,
      `create function alter_line() returns trigger language plpgsql as
        $$ begin new.line = replace(new.line, 'tool_1', 'tool_2'); return new; end $$;
      create trigger alter_line before insert on records for each row execute function alter_line()`,
    );
    const moved = await migrate("--from", filled.folder, "--to", to);
    expect(moved).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/root of session|checkpoint of session/),
    });
  });

  test("a database that holds something else is refused", async () => {
    const database = await server.emptyDatabase();
    const env = settingsOf(
      await migrate("--from", filled.folder, "--dry-run", "--json", "--show-keys"),
    );
    const other = { ...env, CAUM_FIRST_KEY: "", CAUM_DIGEST_KEY: "1".repeat(64) };
    const node = await Running.start({
      data: join(root, "none"),
      database,
      env: other,
      now: LATER,
    });
    await node.stop();
    const refused = await migrate("--from", filled.folder, "--to", database);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("not empty") });
  });

  test("says how the nodes get their keys without showing them", async () => {
    const dry = await migrate("--from", filled.folder, "--dry-run", "--json");
    const shown: Record<string, string> = settingsOf(dry);
    const secret = settingsOf(
      await migrate("--from", filled.folder, "--dry-run", "--json", "--show-keys"),
    );
    for (const [name, source] of Object.entries(shown)) {
      expect(source).not.toContain(secret[name]);
      const read = await new Promise((resolve) => {
        execFile("sh", ["-c", `printf %s "${source}"`], (_, stdout) => resolve(stdout));
      });
      expect(read).toBe(secret[name]);
    }
  });

  test("every table of the database is moved", async () => {
    const database = await server.emptyDatabase();
    await (await Database.open(database, 1)).close();
    const tables = await query(
      database,
      "select tablename from pg_tables where schemaname = 'public'",
    );
    const kept = ["schema_migrations", "node_identity"];
    const names = tables.map(({ tablename }) => String(tablename));
    expect(names.filter((name) => !kept.includes(name)).toSorted()).toEqual(ALL_TABLES.toSorted());
  });

  test("a database that is not there is told without its password", async () => {
    const to = "postgres://caum:secret@localhost:1/x";
    const refused = await migrate("--from", filled.folder, "--to", to);
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("cannot be reached"),
    });
    expect(refused.stderr).not.toContain("secret");
  });

  test("a folder that is none is not made one", async () => {
    const none = mkdtempSync(join(root, "empty-"));
    const refused = await migrate("--from", none, "--to", "postgres://nowhere.invalid/x");
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("no data folder") });
  });
});

function settingsOf({ stdout }: Said): Record<string, string> {
  return JSON.parse(stdout).settings;
}
