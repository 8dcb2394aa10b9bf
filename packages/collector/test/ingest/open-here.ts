import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Outcome } from "../../src/ingest/intake.ts";
import type { ClaimedDeliveries } from "../../src/rows/alert-rows.ts";
import type { CommandAnswer } from "../../src/store/command.ts";
import { ProgramReader } from "../../src/store/program/reader.ts";
import { GroupWriter, type Job } from "../../src/store/sqlite/group-writer.ts";
import { ProgramPlayer } from "../../src/store/sqlite/program-player.ts";
import type { Store } from "../../src/store/store.ts";
import type { StoreUnderTest } from "../store-contract.ts";

/** The folder store without its thread: what a change of the code breaks is seen by this process. */
export async function openHere(): Promise<StoreUnderTest> {
  return openIn(mkdtempSync(join(tmpdir(), "caum-here-")));
}

function openIn(folder: string): StoreUnderTest {
  const path = join(folder, "caum.db");
  const writer = new GroupWriter(path);
  const connection = new DatabaseSync(path, { readOnly: true });
  const player = new ProgramPlayer(connection);
  let isOpen = true;
  const refused = { kind: "refused", code: "UNAVAILABLE" } as const;
  const one = async (job: Omit<Job, "id">) => {
    const [first] = isOpen ? writer.commit([{ id: 1, ...job }]) : [];
    return first?.answer ?? refused;
  };
  const store: Store = {
    replica: new ProgramReader(async (_scope, program) => player.play(program())),
    reader: new ProgramReader(async (_scope, program) => player.play(program())),
    // An intake is answered with an outcome, a command with its answer, a claim with what was claimed.
    submit: (intake) => one({ intake }) as Promise<Outcome>,
    administer: (command) => one({ command }) as Promise<CommandAnswer>,
    claimDeliveries: (claim) => one({ claim }) as Promise<ClaimedDeliveries>,
    status: () => ({ isWritable: isOpen, waiting: 0, walBytes: 0 }),
    async close() {
      if (!isOpen) return;
      isOpen = false;
      connection.close();
      writer.close();
    },
  };
  return {
    store,
    async reopen() {
      await store.close();
      return openIn(folder);
    },
    async dispose() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
