/** A witness over HTTP: what it answers, and what it remembers. */

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "@caum/core/collector";
import { parseNote, parseVerifierKey, verifySignatures } from "@caum/core/verify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { vkeysIn } from "../../src/witness/log-keys.ts";
import { startWitness, type Witness, type WitnessOptions } from "../../src/witness/witness.ts";
import type { WitnessEvent } from "../../src/witness/witness-server.ts";
import { GrownLog, post } from "./grown-log.ts";

const upstream = (name: string) =>
  JSON.parse(
    readFileSync(
      join(import.meta.dirname, `../../../core/test/evidence/fixtures/upstream-${name}.json`),
      "utf8",
    ),
  );

let data: string;
const running: Witness[] = [];

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "caum-witness-"));
});
afterEach(async () => {
  for (const witness of running.splice(0)) await witness.close();
  rmSync(data, { recursive: true, force: true });
});

async function start(more: Partial<WitnessOptions> = {}): Promise<Witness> {
  const logs = [new GrownLog().signer.vkey];
  const witness = await startWitness({ data, host: "127.0.0.1", port: 0, logs, ...more });
  running.push(witness);
  return witness;
}

async function restart(more: Partial<WitnessOptions> = {}): Promise<Witness> {
  await running.pop()?.close();
  return start(more);
}

/** The time of the cosignature in an answer, verified. */
function timeIn(answer: string, note: string, { verifierKey }: Witness): number | undefined {
  const { text } = parseNote(Buffer.from(note));
  const signed = parseNote(Buffer.from(`${text}\n${answer}`));
  return verifySignatures(signed, [parseVerifierKey(verifierKey)])[0]?.timeSeconds;
}

test("it cosigns what grows, with the time, and nothing else stands in its answer", async () => {
  const witness = await start({ clock: () => 1_790_000_000_123 });
  const log = new GrownLog().grow(3);
  const first = await post(witness.url, log.submission(0));
  expect(first.status).toBe(200);
  const line = await first.text();
  expect(line).toMatch(/^\u2014 caum-witness-[0-9a-f]{12} [A-Za-z0-9+/]+=*\n$/);
  expect(timeIn(line, log.note(), witness)).toBe(1_790_000_000);
  expect((await post(witness.url, log.grow(4).submission(3))).status).toBe(200);
  expect((await post(witness.url, log.submission(7))).status).toBe(200);
});

test("a log of other software is witnessed from its first leaf to its last", async () => {
  const { vkey, checkpoints, leafHashesHex } = upstream("checkpoints");
  const witness = await start({ logs: [vkey] });
  const tree = new GrownLog("other.example", leafHashesHex);
  for (const [at, note] of checkpoints.entries()) {
    const proof = tree
      .proof(at, at + 1)
      .map((hash) => `${Buffer.from(hash, "hex").toString("base64")}\n`);
    const answer = await post(witness.url, `old ${at}\n${proof.join("")}\n${note}`);
    expect(answer.status, `size ${at + 1}`).toBe(200);
    expect(timeIn(await answer.text(), note, witness)).toBeGreaterThan(1_700_000_000);
  }
});

test("another size is a conflict with the size it saw, in the type of the text", async () => {
  const { url } = await start();
  const log = new GrownLog().grow(5);
  const empty = await post(url, log.submission(2));
  expect([empty.status, await empty.text()]).toEqual([409, "0\n"]);
  await post(url, log.submission(0));
  const stale = await post(url, log.grow(3).submission(0));
  expect([stale.status, await stale.text()]).toEqual([409, "5\n"]);
  expect(stale.headers.get("content-type")).toBe("text/x.tlog.size");
});

test.each([
  [400, "old 1\n\nno note\n"],
  [400, ""],
  [404, new GrownLog("stranger.example").grow(2).submission(0)],
  [
    403,
    new GrownLog()
      .grow(2)
      .submission(0)
      .replace(/ [A-Za-z0-9+/]{88}/, ` ${"A".repeat(88)}`),
  ],
])("%d is the answer to what it cannot cosign", async (status, body) => {
  const { url } = await start();
  const answer = await post(url, body);
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
  expect(await answer.text()).toMatch(/^[a-z][^\n]*\n$/);
});

test("a fork is refused for ever, also after a restart, and both heads are kept", async () => {
  const events: WitnessEvent[] = [];
  const onEvent = (event: WitnessEvent) => events.push(event);
  const { url } = await start({ onEvent });
  const log = new GrownLog().grow(5);
  const fork = log.branch(3).grow(2, "x");
  await post(url, log.submission(0));
  expect((await post(url, fork.submission(5))).status).toBe(422);
  expect(events).toEqual([{ event: "fork_refused", origin: log.origin, size: 5 }]);
  const kept = join(data, "forks", sha256(log.origin));
  expect(readFileSync(join(kept, "refused.note"), "utf8")).toBe(fork.note());
  expect(readFileSync(join(kept, "cosigned.note"), "utf8")).toContain(log.note().trimEnd());
  for (let round = 0; round < 2; round += 1) {
    const { url: again } = await restart();
    expect((await post(again, fork.submission(5))).status).toBe(422);
    const longer = fork.branch(5).grow(4, "x");
    expect((await post(again, longer.submission(5))).status).toBe(422);
    expect((await post(again, log.submission(5))).status).toBe(200);
  }
});

test("of many requests at once one tree is cosigned, whatever they want", async () => {
  const { url } = await start();
  const log = new GrownLog().grow(4);
  await post(url, log.submission(0));
  const branches = Array.from({ length: 30 }, (_, at) =>
    log.branch(4).grow(1 + (at % 3), `${at}.`),
  );
  const answers = await Promise.all(
    branches.map(async (branch) => ({
      branch,
      status: (await post(url, branch.submission(4))).status,
    })),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
});

test("what was cosigned is served with both signatures, and nothing before", async () => {
  const witness = await start();
  const log = new GrownLog().grow(3);
  const address = `${witness.url}/${sha256(log.origin)}/checkpoint`;
  expect((await fetch(address)).status).toBe(404);
  const line = await (await post(witness.url, log.submission(0))).text();
  expect(await (await fetch(address)).text()).toBe(log.note() + line);
  const again = await restart();
  expect(again.seen).toEqual([{ origin: log.origin, size: 3 }]);
  expect(again.verifierKey).toBe(witness.verifierKey);
  const { url } = again;
  expect(await (await fetch(`${url}/${sha256(log.origin)}/checkpoint`)).text()).toContain(line);
});

test("a clock that is set back makes no time go backwards, also after a restart", async () => {
  let now = 1_790_000_000_000;
  const clock = () => now;
  const log = new GrownLog().grow(1);
  const times: (number | undefined)[] = [];
  const submit = async (witness: Witness) => {
    const answer = await post(witness.url, log.submission(log.size - 1));
    times.push(timeIn(await answer.text(), log.note(), witness));
    log.grow(1);
  };
  await submit(await start({ clock }));
  now -= 3_600_000;
  await submit(running[0] as Witness);
  await submit(await restart({ clock }));
  now += 3_601_000;
  await submit(running[0] as Witness);
  expect(times).toEqual([1_790_000_000, 1_790_000_000, 1_790_000_000, 1_790_000_001]);
});

test("a memory that is damaged anywhere, or has no key any more, is refused", async () => {
  const { url } = await start();
  const log = new GrownLog().grow(3);
  await post(url, log.submission(0));
  await running.pop()?.close();
  const [file = ""] = readdirSync(join(data, "logs"));
  const path = join(data, "logs", file);
  const whole = readFileSync(path);
  const ofLog = whole.toString("utf8").split("\n")[4] ?? "";
  const from = whole.indexOf(ofLog);
  for (let at = 0; at < whole.length; at += 3) {
    // What the witness signed is all that it remembers: the signature of the log is no part of that.
    if (at >= from && at < from + Buffer.byteLength(ofLog)) continue;
    writeFileSync(path, whole.with(at, (whole[at] ?? 0) ^ 1));
    await expect(start(), `byte ${at}`).rejects.toThrow(`logs/${file} is damaged`);
  }
  writeFileSync(path, whole.subarray(0, whole.length - 40));
  await expect(start()).rejects.toThrow(/is damaged: a witness that forgets can sign two trees/);
  writeFileSync(path, whole);
  writeFileSync(join(data, "logs", `${file}.tmp`), "half");
  expect((await start()).seen).toEqual([{ origin: log.origin, size: 3 }]);
  expect(existsSync(join(data, "logs", `${file}.tmp`))).toBe(false);
  await running.pop()?.close();
  rmSync(join(data, "witness.key"));
  await expect(start()).rejects.toThrow("witness.key is gone");
});

test("with its key alone it is honest without memory: it asks to be proved from nothing", async () => {
  const before = await start({ name: "auditor.example/w1" });
  const log = new GrownLog().grow(3);
  await post(before.url, log.submission(0));
  await running.pop()?.close();
  rmSync(join(data, "logs"), { recursive: true });
  const after = await start();
  expect(after.verifierKey).toBe(before.verifierKey);
  const answer = await post(after.url, log.grow(2).submission(3));
  expect([answer.status, await answer.text()]).toEqual([409, "0\n"]);
  expect((await post(after.url, log.submission(0))).status).toBe(200);
});

test("a disk that refuses costs a cosignature and nothing else", async () => {
  const events: WitnessEvent[] = [];
  const { url } = await start({ onEvent: (event) => events.push(event) });
  const log = new GrownLog().grow(3);
  await post(url, log.submission(0));
  // Nothing can be written where a folder is.
  const draft = join(data, "logs", `${sha256(log.origin)}.note.tmp`);
  mkdirSync(draft);
  const refused = await post(url, log.grow(2).submission(3));
  expect([refused.status, await refused.text()]).toEqual([
    503,
    "the checkpoint cannot be kept at the moment, so it is not cosigned\n",
  ]);
  expect(events).toEqual([{ event: "not_kept", reason: expect.stringMatching(/^E[A-Z]+$/) }]);
  rmSync(draft, { recursive: true });
  expect((await post(url, log.branch(3).grow(2, "x").submission(3))).status).toBe(200);
});

test("one process has the folder, and its key and notes are its owner's alone", async () => {
  const { url } = await start();
  await post(url, new GrownLog().grow(1).submission(0));
  await expect(start()).rejects.toThrow(`in use by process ${process.pid}`);
  if (process.platform === "win32") return;
  const [note = ""] = readdirSync(join(data, "logs"));
  for (const file of ["witness.key", join("logs", note)]) {
    expect(statSync(join(data, file)).mode & 0o077, file).toBe(0);
  }
});

test("settings that cannot be used are refused, and leave the folder free", async () => {
  await expect(start({ logs: [] })).rejects.toThrow("name the key of one with --log");
  await expect(start({ logs: ["x"] })).rejects.toThrow("not a verifier key");
  const { cosignerKey } = new GrownLog().signer;
  await expect(start({ logs: [cosignerKey] })).rejects.toThrow("is the key of a witness");
  await expect(start({ name: "two words" })).rejects.toThrow("a signing key is a name");
  await start({ name: "auditor.example/w1" });
  await expect(restart({ name: "other.example" })).rejects.toThrow("named auditor.example/w1");
  await start();
});

test("a log that changes its key is known by both", async () => {
  const log = new GrownLog().grow(2);
  const next = new GrownLog(log.origin, log.leaves, "another key");
  const { url, keys } = await start({ logs: [log.signer.vkey, next.signer.vkey] });
  expect(keys).toHaveLength(1);
  expect((await post(url, log.submission(0))).status).toBe(200);
  expect((await post(url, next.grow(2).submission(2))).status).toBe(200);
});

test("the key of a collector stands for the logs of all its accounts, and for no other", async () => {
  const collector = new GrownLog("caum-collector-1");
  const { url, keys } = await start({ logs: [collector.signer.vkey] });
  expect(keys).toEqual(["caum-collector-1"]);
  const accounts = ["01JZ0000000000000000000000", "01JZ0000000000000000000001"];
  for (const account of accounts) {
    const name = `caum-collector-1/${account}/log`;
    const log = new GrownLog(name, [], "caum-collector-1").grow(3);
    expect((await post(url, log.submission(0))).status).toBe(200);
  }
  for (const [name, seed, status] of [
    [`caum-collector-1/${accounts[0]}/log`, "another key", 403],
    [`caum-collector-2/${accounts[0]}/log`, "caum-collector-1", 404],
    ["caum-collector-1/log", "caum-collector-1", 404],
  ] as const) {
    const log = new GrownLog(name, [], seed).grow(3);
    expect((await post(url, log.submission(0))).status, name).toBe(status);
  }
});

test("too much, too often and other paths are refused", async () => {
  const { url } = await start();
  expect((await post(url, "x".repeat(200_000))).status).toBe(413);
  expect((await fetch(`${url}/add-checkpoint`)).status).toBe(404);
  expect((await fetch(`${url}/../witness.key`)).status).toBe(404);
  const answers = await Promise.all(Array.from({ length: 300 }, () => post(url, "old 0")));
  const refused = answers.find(({ status }) => status === 429);
  expect(refused?.headers.get("retry-after")).toBe("1");
});

test("a body that never comes does not keep it from closing", async () => {
  const { url } = await start();
  const open = request(`${url}/add-checkpoint`, {
    method: "POST",
    headers: { "content-length": 10 },
  });
  open.on("error", () => {});
  open.write("o");
  await new Promise((resolve) => open.on("socket", (socket) => socket.on("connect", resolve)));
  const began = performance.now();
  await running.pop()?.close();
  expect(performance.now() - began).toBeLessThan(2_000);
});

test("a file of keys may be a policy", () => {
  const { vkey } = new GrownLog().signer;
  const text = `# ours\n\nlog ${vkey} https://log.example\n${vkey}\nwitness w ${vkey}\nquorum none\n`;
  expect(vkeysIn(text)).toEqual([vkey, vkey]);
});
