/** What nodes that ask the same witnesses promise, on every store. */
import { formatNote, parseSubmission, Signer } from "@caum/core/collector";
import { parseNote } from "@caum/core/verify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HeadLog } from "../../src/head-log/head-log.ts";
import type { Store } from "../../src/store/store.ts";
import { openSubmissions } from "../../src/submission/open-submissions.ts";
import type { Submissions } from "../../src/submission/submissions.ts";
import { eventOf } from "../store/tenant-events.ts";
import type { StoreUnderTest } from "../store-contract.ts";
import { FakeWitness, oldIn, stopAll, until } from "./asked.ts";

const SIGNER = new Signer("collector.example", Buffer.alloc(32, 3));
const WITNESS = new Signer("w.example", Buffer.alloc(32, 4));
const ULID = "01JQZX5M3T8V9W0A1B2C3D4E5F";

export function submissionContract(open: () => Promise<StoreUnderTest>): void {
  describe("submissions", () => {
    let subject: StoreUnderTest;
    let tenant: number;
    const running: Submissions[] = [];
    beforeEach(async () => {
      subject = await open();
      const made = { ulid: ULID, tenantKind: "account", plan: "p", createdMs: 1 } as const;
      const answer = await subject.store.administer({ kind: "create_tenant", ...made });
      tenant = answer.kind === "done" ? answer.value : 0;
    });
    afterEach(async () => {
      for (const submissions of running.splice(0)) await submissions.stop();
      await stopAll();
      await subject.dispose();
    });

    const logOn = (store: Store) =>
      new HeadLog({ store, signer: SIGNER, clock: Date.now, onFailure: () => {} });
    /** One more head, of a session of its own. */
    async function grow(store: Store, log: HeadLog, session: string): Promise<void> {
      await store.submit(eventOf(tenant, session));
      log.changed(tenant, session);
      await log.round();
    }
    function asked(store: Store, log: HeadLog, url: string): Submissions {
      const options = { witnesses: [`${url}=${WITNESS.cosignerKey}`] };
      const submissions = openSubmissions(options, {
        store,
        logs: log,
        clock: Date.now,
        timing: { pollMs: 5, paceMs: 20, leaseMs: 400 },
      });
      submissions.start();
      running.push(submissions);
      return submissions;
    }
    const cosigning = () =>
      FakeWitness.start((body, response) => {
        const { text } = parseSubmission(Buffer.from(body)).note;
        const line = WITNESS.cosign(text, Math.floor(Date.now() / 1_000));
        response.end(formatNote({ text, signatures: [line] }).slice(text.length + 1));
      });
    const cosignedBy = (store: Store) =>
      store.reader.log.cosignedBy(tenant, [WITNESS.cosignerKey.split("+", 2).join(" ")]);

    test("a lease is one holder's until its time is over, and is given back", async () => {
      const [one, two] = [subject.store, subject.peer ?? subject.store];
      const lease = async (store: Store, holder: string, nowMs: number, untilMs: number) => {
        const place = { witness: "w", holder, nowMs, untilMs };
        return store.administer({ kind: "lease_witness", ...place });
      };
      const both = [lease(one, "a", 1_000, 2_000), lease(two, "b", 1_000, 2_000)];
      const values = (await Promise.all(both)).map((answer) =>
        answer.kind === "done" ? answer.value : -1,
      );
      expect(values.toSorted()).toEqual([0, 1]);
      const [mine = "a", other = "b"] = values[0] === 1 ? ["a", "b"] : ["b", "a"];
      const yes = { kind: "done", value: 1 };
      const no = { kind: "done", value: 0 };
      expect(await lease(two, mine, 1_500, 2_500)).toEqual(yes);
      expect(await lease(one, other, 2_499, 3_000)).toEqual(no);
      expect(await lease(one, other, 2_500, 3_500)).toEqual(yes);
      expect(await lease(two, mine, 2_600, 3_600)).toEqual(no);
      expect(await lease(one, other, 2_700, 0)).toEqual(yes);
      subject = await subject.reopen();
      expect(await lease(subject.store, mine, 2_800, 3_800)).toEqual(yes);
    });

    test("what was cosigned is kept under the checkpoint, and known after a restart", async () => {
      const fake = await cosigning();
      const log = logOn(subject.store);
      await grow(subject.store, log, "one");
      const submissions = asked(subject.store, log, fake.url);
      await until(async () => (await cosignedBy(subject.store)) === 1, "size 1");
      await grow(subject.store, log, "two");
      await until(async () => (await cosignedBy(subject.store)) === 2, "size 2");
      await submissions.stop();
      running.length = 0;
      subject = await subject.reopen();
      const again = logOn(subject.store);
      asked(subject.store, again, fake.url);
      await grow(subject.store, again, "three");
      await until(async () => (await cosignedBy(subject.store)) === 3, "size 3");
      expect(fake.bodies.map(oldIn)).toEqual([0, 1, 2]);
      const newest = await subject.store.reader.log.newestNote(tenant);
      const { signatures } = parseNote(Buffer.from(newest?.note ?? ""));
      expect(signatures.map(({ name }) => name)).toEqual([
        `${SIGNER.name}/${ULID}/log`,
        WITNESS.name,
      ]);
    });

    test("two nodes send nothing twice, and one goes on when the other ends", async () => {
      const fake = await cosigning();
      const stores = [subject.store, subject.peer ?? subject.store];
      const logs = stores.map(logOn);
      const nodes = stores.map((store, at) => asked(store, logs[at] ?? logOn(store), fake.url));
      const growBoth = async (at: number) => {
        const store = stores[at % 2] ?? subject.store;
        await grow(store, logs[at % 2] ?? logOn(store), `s${at}`);
        await until(async () => (await cosignedBy(subject.store)) === at + 1, `size ${at + 1}`);
      };
      for (let at = 0; at < 6; at += 1) await growBoth(at);
      const asking = nodes.filter(({ status }) => status.length > 0);
      expect(asking).toHaveLength(1);
      await asking[0]?.stop();
      for (let at = 6; at < 9; at += 1) await growBoth(at);
      expect(fake.bodies.map(oldIn)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    });
  });
}
