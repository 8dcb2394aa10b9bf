import { DatabaseSync } from "node:sqlite";
import {
  CHANGING_COLUMNS,
  changingValues,
} from "../../packages/collector/src/store/columns/session-rows.ts";
import { endedSession } from "./ended-session.ts";

const SHAPES = 400;
const COLUMNS: readonly string[] = CHANGING_COLUMNS;

/** Sessions as they lie in the database, of some shapes, each in the next workflow. */
export class SessionRows {
  readonly #database: DatabaseSync;
  readonly #insert: ReturnType<DatabaseSync["prepare"]>;
  readonly #shapes = Array.from({ length: SHAPES }, (_, seed) =>
    changingValues(endedSession(seed)),
  );
  readonly #places = ["facts", "last_ms", "active_ms"].map((column) => COLUMNS.indexOf(column));
  readonly #workflows: number;
  #added = 0;
  #isOpen = false;
  readonly tenant: number;

  constructor(path: string, workflows: number) {
    this.#workflows = workflows;
    this.#database = new DatabaseSync(path, { timeout: 60_000 });
    const row = this.#database.prepare("select key from tenants where kind = 'account'").get();
    this.tenant = Number(row?.key);
    const columns = ["tenant", "tag", "id", "first_ms", "workflow", ...CHANGING_COLUMNS];
    this.#insert = this.#database.prepare(`insert into sessions (${columns.join(", ")})
      values (${columns.map(() => "?").join(", ")})`);
  }

  add(endedMs: number): void {
    if (!this.#isOpen) this.#database.exec("begin immediate");
    this.#isOpen = true;
    const number = this.#added++;
    const workflow = `workflow-${number % this.#workflows}`;
    const values = [...(this.#shapes[number % SHAPES] ?? [])];
    const [facts = 0, lastMs = 0, activeMs = 0] = this.#places;
    values[facts] = JSON.stringify({ ...JSON.parse(String(values[facts])), workflow });
    values[lastMs] = endedMs;
    values[activeMs] = endedMs;
    const id = `session-${number}`;
    const tag = number.toString(16).padStart(32, "0");
    this.#insert.run(this.tenant, tag, id, endedMs - 60_000, workflow, ...values);
    if (this.#added % 20_000 === 0) this.commit();
  }

  commit(): void {
    if (this.#isOpen) this.#database.exec("commit");
    this.#isOpen = false;
  }

  close(): void {
    this.#database.close();
  }
}
