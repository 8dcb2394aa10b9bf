/** The floor: the rows of a group and nothing else, in the thread that measures. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Durable rows a second in groups of this size. */
export function bareSqlite(folder: string, rows: number, group: number): number {
  const database = new DatabaseSync(join(folder, "bare.db"));
  database.exec(
    "pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 4000",
  );
  database.exec(
    "create table records (id integer primary key, session integer, position integer, line text)",
  );
  database.exec("create unique index place on records (session, position)");
  database.exec("create table ids (id blob primary key, record integer) without rowid");
  const record = database.prepare("insert into records (session, position, line) values (?, ?, ?)");
  const name = database.prepare("insert into ids (id, record) values (?, ?)");
  const line = "x".repeat(700);
  const started = performance.now();
  for (let at = 0; at < rows; at += group) {
    database.exec("begin immediate");
    for (let row = at; row < at + group; row++) {
      record.run(row % 64, Math.floor(row / 64), line);
      name.run(randomBytes(16), row);
    }
    database.exec("commit");
  }
  const seconds = (performance.now() - started) / 1_000;
  database.close();
  return rows / seconds;
}
