/** Statements that go out together, and what becomes of them when one cannot be done. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Database } from "../../src/store/postgres/database.ts";
import { encodeValue } from "../../src/store/postgres/encode-value.ts";
import { troubleOf } from "../../src/store/postgres/sql-state.ts";
import { hasServer, query } from "../postgres-server.ts";
import { stopTestServer, testServer } from "./open-postgres.ts";

const SCOPE = { everyone: "all" } as const;
const PUT = "insert into kept (value) values ($1)";

describe.skipIf(!hasServer)("a transaction", () => {
  let url: string;
  let database: Database;
  beforeAll(async () => {
    url = await (await testServer()).emptyDatabase();
    await query(url, "create table kept (value text primary key)");
    await query(url, "grant all on kept to public");
    // One connection, so that each transaction meets what the one before left of it.
    database = await Database.open(url, 1);
  });
  afterAll(async () => {
    await database.close();
    await stopTestServer();
  });

  const kept = async () => {
    const rows = await query(url, "select value from kept order by value");
    return rows.map(({ value }) => value);
  };

  test("asks what it asks together in one write", async () => {
    const answers = await database.write(SCOPE, (transaction) =>
      Promise.all([
        transaction.change("put", PUT, ["a"]),
        transaction.rows("all", "select value, 7::bigint as seven from kept where value = $1", [
          "a",
        ]),
        transaction.rows("none", "select value from kept where value = $1", ["z"]),
      ]),
    );
    expect(answers).toEqual([1, [{ value: "a", seven: 7 }], []]);
    expect(await kept()).toEqual(["a"]);
  });

  test("commits nothing when a statement fails that nobody waited for", async () => {
    const failed = database.write(SCOPE, async (transaction) => {
      transaction.send("put", PUT, ["b"]);
      transaction.send("put", PUT, ["a"]);
      transaction.send("put", PUT, ["c"]);
    });
    await expect(failed).rejects.toMatchObject({ code: "23505" });
    expect(await kept()).toEqual(["a"]);
  });

  test("commits nothing when a value cannot be sent, nor does what was not sent yet", async () => {
    const failed = database.write(SCOPE, async (transaction) => {
      transaction.send("put", PUT, ["d"]);
      transaction.send("put", PUT, [{}]);
    });
    await expect(failed).rejects.toThrow(TypeError);
    expect(await kept()).toEqual(["a"]);
  });

  test("tells the failure that came first, also to whoever waits for a later answer", async () => {
    const failed = database.write(SCOPE, async (transaction) => {
      transaction.send("put", PUT, ["a"]);
      await transaction.rows("all_of_them", "select value from kept");
    });
    await expect(failed).rejects.toMatchObject({ code: "23505" });
  });

  test("can use a statement again that was parsed behind one that failed", async () => {
    const again = "select count(*)::int as count from kept";
    const failed = database.write(SCOPE, async (transaction) => {
      transaction.send("put", PUT, ["a"]);
      transaction.send("count", again);
    });
    await expect(failed).rejects.toMatchObject({ code: "23505" });
    const wrong = database.read(SCOPE, (transaction) =>
      transaction.rows("wrong", "select 1/0 as n"),
    );
    await expect(wrong).rejects.toMatchObject({ code: "22012" });
    for (let round = 0; round < 2; round++) {
      const rows = await database.read(SCOPE, (transaction) => transaction.rows("count", again));
      expect(rows).toEqual([{ count: 1 }]);
    }
  });

  test("prepares nothing by name any more where what was prepared is gone", async () => {
    const own = await Database.open(url, 1);
    const one = () => own.read(SCOPE, (transaction) => transaction.rows("one", "select 1 as n"));
    const prepared = () =>
      own.read(SCOPE, async (transaction) => {
        const names = "select name from pg_prepared_statements where name = 'one'";
        return (await transaction.rows("names", names)).length;
      });
    await one();
    expect(await prepared()).toBe(1);
    await own.read(SCOPE, (transaction) => transaction.rows("gone", "deallocate one"));
    const failed = await one().catch((failure) => failure);
    expect(failed).toMatchObject({ code: "26000" });
    expect(troubleOf(failed)).toBe("conflict");
    expect(await one()).toEqual([{ n: 1 }]);
    expect(await prepared()).toBe(0);
    await own.close();
  });

  test("sends texts, numbers, bytes and nothing as they are", async () => {
    const texts = ['"', "\\", "{}", "NULL", "", " a,b ", "'", "ü€😀", "\n", null];
    const bytes = [Buffer.from([0, 1, 255]), Buffer.alloc(0), null];
    const numbers = [0, -1, Number.MAX_SAFE_INTEGER, null];
    const sql = `select to_json($1::text[]) as texts, to_json($2::bigint[]) as numbers,
      to_json($3::bytea[]) as bytes, $4::bytea as one, $5::text as none`;
    const [row] = await database.read(SCOPE, (transaction) =>
      transaction.rows("back", sql, [texts, numbers, bytes, Buffer.from([7]), undefined]),
    );
    expect(row).toEqual({
      texts,
      numbers,
      bytes: ["\\x0001ff", "\\x", null],
      one: Buffer.from([7]),
      none: null,
    });
    expect(() => encodeValue([true])).toThrow("boolean");
  });
});
