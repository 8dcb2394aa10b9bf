/** Brings a database to the present layout; any number of nodes may start at once. */
import type { ClientBase } from "pg";
import { stepsAfter } from "../../layout-steps.ts";
import { sqlStateOf } from "../sql-state.ts";
import { FENCED_TABLES } from "./fences.ts";
import { LAYOUT } from "./layout.ts";

/** The role that a superuser steps down to: row-level security never holds for a superuser. */
export const NODE_ROLE = "caum_node";

const ATTEMPTS = 60;
const PAUSE_MS = 100;

/**
 * What two nodes that run the same step at once get instead of `already exists`: unique violations
 * in the catalogue, concurrent updates of it, deadlocks, and duplicates.
 */
const RACES: ReadonlySet<string> = new Set([
  "23505",
  "40001",
  "40P01",
  "55P03",
  "42P07",
  "42710",
  "42704",
  "XX000",
]);

/** @throws {Error} when the database was written by a newer program */
export async function applyLayout(client: ClientBase): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await tryToApply(client);
      return;
    } catch (failure) {
      await client.query("rollback");
      if (attempt === ATTEMPTS || !RACES.has(sqlStateOf(failure) ?? "")) throw failure;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * (0.5 + Math.random())));
    }
  }
}

async function tryToApply(client: ClientBase): Promise<void> {
  const present = await presentVersion(client);
  for (const { version, statements } of stepsAfter(present, LAYOUT, "the database")) {
    await client.query("begin");
    // The first to write the version goes on; the others wait here, find it and start over.
    await client.query("insert into schema_migrations (version) values ($1)", [version]);
    for (const statement of statements) await client.query(statement);
    await client.query("commit");
  }
}

async function presentVersion(client: ClientBase): Promise<number> {
  // Asked first, so that a node without the right to create tables can start on a finished layout.
  const known = await client.query("select to_regclass('schema_migrations') is not null as known");
  if (known.rows[0]?.known !== true) {
    await client.query("create table if not exists schema_migrations (version bigint primary key)");
  }
  const { rows } = await client.query("select max(version) as version from schema_migrations");
  return Number(rows[0]?.version ?? 0);
}

/**
 * Lets a superuser's connections work as a role that row-level security holds for.
 *
 * @returns the role to work as; undefined when the user is already bound by row-level security
 */
export async function boundRole(client: ClientBase): Promise<string | undefined> {
  const { rows } = await client.query(
    "select rolsuper or rolbypassrls as unbound from pg_roles where rolname = current_user",
  );
  if (rows[0]?.unbound !== true) return undefined;
  for (let attempt = 1; ; attempt++) {
    try {
      await grantRole(client);
      return NODE_ROLE;
    } catch (failure) {
      if (attempt === ATTEMPTS || !RACES.has(sqlStateOf(failure) ?? "")) throw failure;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * (0.5 + Math.random())));
    }
  }
}

async function grantRole(client: ClientBase): Promise<void> {
  const { rows } = await client.query("select 1 from pg_roles where rolname = $1", [NODE_ROLE]);
  if (rows.length === 0) await client.query(`create role ${NODE_ROLE} nologin`);
  // Also of tables that a later layout added.
  const granted = await client.query(
    `select bool_and(has_table_privilege($1, t, 'select, insert, update, delete')) as granted
      from unnest($2::text[]) t`,
    [NODE_ROLE, FENCED_TABLES],
  );
  if (granted.rows[0]?.granted === true) return;
  const found = await client.query("select quote_ident(current_schema()) as schema");
  const schema = String(found.rows[0]?.schema);
  await client.query(
    `grant select, insert, update, delete on all tables in schema ${schema} to ${NODE_ROLE}`,
  );
  await client.query(`grant usage on schema ${schema} to ${NODE_ROLE}`);
}
