/** Two operators whose witnesses watch each other's collectors, through everything that happens. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "@caum/core/collector";
import {
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  verifyConsistency,
  verifySignatures,
} from "@caum/core/verify";
import { afterEach, expect, test } from "vitest";
import { Operator } from "./operator.ts";

const SLOW = { timeout: 480_000 };
const operators: Operator[] = [];

afterEach(async () => {
  for (const operator of operators.splice(0)) await operator.dispose();
});

/** What one log was cosigned for, by whoever did. */
class Seen {
  readonly #roots = new Map<number, string>();
  #last: { readonly size: number; readonly root: string } | undefined;

  /** Holds what the witness cosigned last against all that the log and it ever said. */
  async ask(by: Operator, origin: string): Promise<void> {
    const served = await fetch(`${by.witnessUrl}/${sha256(origin)}/checkpoint`);
    expect(served.status).toBe(200);
    const note = parseNote(Buffer.from(await served.text()));
    expect(verifySignatures(note, [parseVerifierKey(by.witnessKey)])).toHaveLength(1);
    const { size, root } = parseCheckpoint(note.text);
    expect(this.#roots.get(size) ?? root).toBe(root);
    this.#roots.set(size, root);
  }

  /** The same for the newest checkpoint of the log. */
  async look(of: Operator): Promise<ReturnType<typeof parseNote>> {
    const { checkpoint } = (await (await of.get("/v1/log")).json()) as { checkpoint: string };
    const note = parseNote(Buffer.from(checkpoint));
    const { size, root } = parseCheckpoint(note.text);
    expect(this.#roots.get(size) ?? root).toBe(root);
    this.#roots.set(size, root);
    if (this.#last !== undefined && this.#last.size < size) {
      const answer = await of.get(`/v1/log/consistency?from=${this.#last.size}&to=${size}`);
      const { hashes } = (await answer.json()) as { hashes: readonly string[] };
      expect(verifyConsistency(this.#last, { size, root }, hashes)).toBe(true);
    }
    this.#last = { size, root };
    return note;
  }
}

let sessions = 0;

/** Records something at one of them, and resolves when the other's witness has cosigned it. */
async function cosigned(of: Operator, by: Operator, seen: Seen): Promise<void> {
  const session = `s-${sessions++}`;
  expect(await of.record(session)).toBe(200);
  const key = parseVerifierKey(by.witnessKey);
  const until = Date.now() + 120_000;
  for (;;) {
    const logged = await of.get(`/v1/session/${session}/log`);
    expect(logged.status).toBe(200);
    const note = await seen.look(of);
    const [signature] = verifySignatures(note, [key]);
    if (signature?.timeSeconds !== undefined) {
      return seen.ask(by, parseCheckpoint(note.text).origin);
    }
    if (Date.now() > until) throw new Error(`not cosigned: ${of.log}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test(
  "two that witness each other come through restarts, a partition and a lost disk",
  SLOW,
  async () => {
    const [one, two] = [new Operator(), new Operator()];
    operators.push(one, two);
    // Each needs a key of the other: that of the collector first, then that of the witness.
    await Promise.all([one.up(), two.up()]);
    await Promise.all([one.witness(two.verifierKey), two.witness(one.verifierKey)]);
    const [oneKey, twoKey] = [one.verifierKey, two.verifierKey];
    await Promise.all([one.stop("up"), two.stop("up")]);
    await Promise.all([one.up("--witness", two.setting), two.up("--witness", one.setting)]);
    const [ofOne, ofTwo] = [new Seen(), new Seen()];
    const both = () => Promise.all([cosigned(one, two, ofOne), cosigned(two, one, ofTwo)]);
    await both();

    // Restarts, asked for and not.
    await one.stop("witness", "SIGKILL");
    await two.stop("up", "SIGKILL");
    await Promise.all([one.witness(twoKey), two.up("--witness", one.setting)]);
    await both();

    // A partition: the witness of the second one answers nothing, then is not there at all.
    two.signalWitness("SIGSTOP");
    for (let at = 0; at < 20; at += 1) expect(await one.record(`hung-${at}`)).toBe(200);
    expect(await one.stop("up")).toBe(0);
    two.signalWitness("SIGCONT");
    const { setting } = two;
    await two.stop("witness");
    await one.up("--witness", setting);
    expect(await one.record("alone")).toBe(200);
    await two.witness(oneKey);
    await both();

    // The witness of the first one loses what it saw, and then its key as well.
    await one.stop("witness", "SIGKILL");
    rmSync(join(one.home, "witness", "logs"), { recursive: true });
    await one.witness(twoKey);
    await both();
    const oldKey = parseVerifierKey(one.witnessKey);
    await one.stop("witness", "SIGKILL");
    rmSync(join(one.home, "witness"), { recursive: true });
    await one.witness(twoKey);
    expect(one.witnessKey).not.toBe(oldKey.text);
    const session = "by another key";
    expect(await two.record(session)).toBe(200);
    while (!two.log.includes("not_signed_by_its_key")) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await two.stop("up");
    await two.up("--witness", one.setting);
    await both();

    // A collector that loses its disk is another one: its log is not known until its key is.
    await one.stop("up", "SIGKILL");
    rmSync(join(one.home, "collector"), { recursive: true });
    await one.up("--witness", two.setting);
    expect(one.verifierKey).not.toBe(oneKey);
    expect(await one.record("anew")).toBe(200);
    while (!one.log.includes("http_404")) await new Promise((resolve) => setTimeout(resolve, 20));
    await two.stop("witness");
    await two.witness(oneKey, one.verifierKey);
    await Promise.all([cosigned(one, two, new Seen()), cosigned(two, one, ofTwo)]);
  },
);
