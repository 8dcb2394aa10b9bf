/** What witnesses are asked, how often, and what becomes of what they answer. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatNote, parseSubmission, Signer } from "@caum/core/collector";
import { parseNote, parseVerifierKey, verifySignatures } from "@caum/core/verify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { witnessPlaces } from "../../src/submission/witness-settings.ts";
import { startWitness, type Witness } from "../../src/witness/witness.ts";
import { GrownLog } from "../witness/grown-log.ts";
import { FakeWitness, KeptLog, oldIn, stopAll, submitting, until } from "./asked.ts";

let data: string;
const running: Witness[] = [];

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "caum-submission-"));
});
afterEach(async () => {
  await stopAll();
  for (const witness of running.splice(0)) await witness.close();
  rmSync(data, { recursive: true, force: true });
});

async function witness(port = 0, logs = [new GrownLog().signer.vkey]): Promise<Witness> {
  const one = await startWitness({ data, host: "127.0.0.1", port, logs });
  running.push(one);
  return one;
}

const settingOf = ({ url, verifierKey }: Witness) => `${url}=${verifierKey}`;
const portOf = ({ url }: Witness) => Number(new URL(url).port);

/** Who signed the lines, verified. */
function signersOf(kept: KeptLog, ...vkeys: readonly string[]): readonly string[] {
  const { text } = parseNote(Buffer.from(kept.log.note()));
  if (kept.newest.length === 0) return [];
  const note = parseNote(Buffer.from(`${text}\n${kept.newest.join("\n")}\n`));
  return verifySignatures(note, vkeys.map(parseVerifierKey)).map(({ key }) => key.name);
}

const W1 = new Signer("witness.example/w1", Buffer.alloc(32, 1));
const W2 = new Signer("witness.example/w2", Buffer.alloc(32, 2));

/** The answer of a good witness with this key. */
function cosignatureOn(body: string, signer = W1): string {
  const { text } = parseSubmission(Buffer.from(body)).note;
  const line = signer.cosign(text, Math.floor(Date.now() / 1_000));
  return formatNote({ text, signatures: [line] }).slice(text.length + 1);
}

test("each growth is cosigned from the size before, over one connection, and kept", async () => {
  const kept = new KeptLog(new GrownLog().grow(3));
  const good = await FakeWitness.start((body, response) => response.end(cosignatureOn(body)));
  const { events, submissions } = submitting([kept], [`${good.url}/prefix/=${W1.cosignerKey}`]);
  for (let grown = 3; grown <= 12; grown += 3) {
    await until(() => kept.newest.length > 0, `size ${grown}`);
    expect(signersOf(kept, W1.cosignerKey)).toEqual([W1.name]);
    kept.log.grow(3);
  }
  await until(() => kept.newest.length > 0, "the last size");
  expect(good.bodies.map(oldIn)).toEqual([0, 3, 6, 9, 12]);
  expect(good.connections).toBe(1);
  expect(events).toEqual([{ event: "witness_cosigns", witness: W1.name, origin: kept.origin }]);
  expect(submissions.status).toMatchObject([
    { name: W1.name, requests: { cosigned: 5, failed: 0 }, problem: undefined },
  ]);
});

test("nothing is sent where nothing grew, also after a restart", async () => {
  const kept = new KeptLog(new GrownLog().grow(3));
  const good = await FakeWitness.start((body, response) => response.end(cosignatureOn(body)));
  const setting = `${good.url}=${W1.cosignerKey}`;
  const { submissions } = submitting([kept], [setting]);
  await until(() => kept.newest.length > 0, "cosigned");
  await submissions.stop();
  let looks = 0;
  const changedSince = async () => {
    looks += 1;
    return [kept];
  };
  submitting([], [setting], { logs: { changedSince } });
  await until(() => looks > 5, "it looked");
  expect(good.bodies).toHaveLength(1);
  kept.log.grow(1);
  await until(() => kept.newest.length > 0, "cosigned again");
  expect(good.bodies.map(oldIn)).toEqual([0, 3]);
});

test("a real witness is proved from where it stands: after a restart, and with a lost memory", async () => {
  const kept = new KeptLog(new GrownLog().grow(5));
  const first = await witness();
  submitting([kept], [settingOf(first)]);
  await until(() => kept.newest.length > 0, "cosigned");
  await running.pop()?.close();
  kept.log.grow(2);
  await witness(portOf(first));
  await until(() => kept.newest.length > 0, "cosigned after the restart");
  await running.pop()?.close();
  rmSync(join(data, "logs"), { recursive: true });
  kept.log.grow(2);
  await witness(portOf(first));
  await until(() => kept.newest.length > 0, "cosigned without memory");
  expect(signersOf(kept, first.verifierKey)).toHaveLength(1);
});

test("where an answer was lost, the witness says where it stands and signs again", async () => {
  const kept = new KeptLog(new GrownLog().grow(5));
  const real = await witness();
  let lost = 0;
  const between = await FakeWitness.start(async (body, response, request) => {
    const answer = await fetch(`${real.url}/add-checkpoint`, { method: "POST", body });
    const text = await answer.text();
    if (answer.status === 200 && lost < 1) {
      lost += 1;
      request.socket.destroy();
      return;
    }
    const type = answer.headers.get("content-type") ?? "";
    response.writeHead(answer.status, { "content-type": type }).end(text);
  });
  const { submissions } = submitting([kept], [`${between.url}=${real.verifierKey}`]);
  await until(() => kept.newest.length > 0, "cosigned");
  expect(between.bodies.map(oldIn)).toEqual([0, 0, 5]);
  expect(submissions.status[0]?.requests).toEqual({
    cosigned: 1,
    conflict: 1,
    refused: 0,
    failed: 1,
  });
});

test.each([
  [403, "http_403"],
  [404, "http_404"],
  [422, "http_422"],
  [400, "http_400"],
])(
  "a log that gets %d waits longer each time, is reported once, and no other waits",
  async (status, problem) => {
    const refused = new KeptLog(new GrownLog("refused.example").grow(3));
    const other = new KeptLog(new GrownLog("other.example").grow(3));
    const fake = await FakeWitness.start((body, response) => {
      if (body.includes("refused.example")) response.writeHead(status).end("no\n");
      else response.end(cosignatureOn(body));
    });
    const { events, submissions } = submitting([refused, other], [`${fake.url}=${W1.cosignerKey}`]);
    await until(() => (submissions.status[0]?.requests.refused ?? 0) >= 4, "refused four times");
    await until(() => other.newest.length > 0, "the other one is cosigned");
    const times = fake.times.filter((_, at) => fake.bodies[at]?.includes("refused.example"));
    const waits = times.slice(1).map((time, at) => time - (times[at] ?? 0));
    expect(waits[0]).toBeGreaterThan(25);
    expect(waits[2]).toBeGreaterThan(50);
    expect(events.filter(({ origin }) => origin === refused.origin)).toEqual([
      { event: "witness_does_not", witness: W1.name, origin: refused.origin, problem },
    ]);
  },
);

test.each([
  ["another key's line", (body: string) => cosignatureOn(body, W2), "not_signed_by_its_key"],
  ["a page", () => "<html>", "bad_signature"],
  ["nothing", () => "", "bad_signature"],
  [
    "a signature of something else",
    (body: string) => cosignatureOn(body.replace("\n\n", "\n\nx")),
    "bad_signature",
  ],
] as const)("an answer of %s is no cosignature", async (_what, answer, problem) => {
  const kept = new KeptLog(new GrownLog().grow(3));
  const fake = await FakeWitness.start((body, response) => response.end(answer(body)));
  const { submissions } = submitting([kept], [`${fake.url}=${W1.cosignerKey}`]);
  await until(() => submissions.status[0]?.problem === problem, problem);
  expect(kept.kept.size).toBe(0);
});

test("lines of keys that nobody named are left out, those of all that were named are kept", async () => {
  const kept = new KeptLog(new GrownLog().grow(3));
  const stranger = new Signer("stranger.example", Buffer.alloc(32, 3));
  const fake = await FakeWitness.start((body, response) => {
    response.end([stranger, W1, W2].map((signer) => cosignatureOn(body, signer)).join(""));
  });
  submitting(
    [kept],
    [W1, W2].map(({ cosignerKey }) => `${fake.url}=${cosignerKey}`),
  );
  await until(() => kept.newest.length > 0, "cosigned");
  expect(kept.newest).toHaveLength(2);
  expect(signersOf(kept, W1.cosignerKey, W2.cosignerKey)).toEqual([W1.name, W2.name]);
  expect(fake.bodies).toHaveLength(1);
});

test.each([
  ["a redirect", "http_307", 307, { location: "/elsewhere" }],
  ["a fault of its own", "http_500", 500, {}],
  ["a conflict without a size", "http_409", 409, { "content-type": "text/plain" }],
] as const)("%s makes the whole witness wait", async (_what, problem, status, headers) => {
  const logs = ["a.example", "b.example"].map((name) => new KeptLog(new GrownLog(name).grow(3)));
  const paths = new Set<string | undefined>();
  const fake = await FakeWitness.start((_body, response, request) => {
    paths.add(request.url);
    response.writeHead(status, headers).end("7\n");
  });
  const { submissions } = submitting(logs, [`${fake.url}=${W1.cosignerKey}`]);
  await until(() => (submissions.status[0]?.requests.failed ?? 0) >= 3, "failed three times");
  expect(submissions.status[0]?.problem).toBe(problem);
  expect(paths).toEqual(new Set(["/add-checkpoint"]));
  const spanMs = (fake.times.at(-1) ?? 0) - (fake.times[0] ?? 0);
  expect(spanMs).toBeGreaterThan(60);
});

test("it waits as long as the witness asks for", async () => {
  const kept = new KeptLog(new GrownLog().grow(3));
  const fake = await FakeWitness.start((_body, response) => {
    response.writeHead(429, { "retry-after": "1" }).end();
  });
  submitting([kept], [`${fake.url}=${W1.cosignerKey}`]);
  await until(() => fake.bodies.length === 2, "asked twice");
  expect((fake.times[1] ?? 0) - (fake.times[0] ?? 0)).toBeGreaterThan(900);
});

test("an answer without an end is not read to the end", async () => {
  const kept = new KeptLog(new GrownLog().grow(3));
  const fake = await FakeWitness.start((_body, response) => {
    const more = () => {
      while (!response.destroyed && response.write("x".repeat(10_000)));
    };
    response.on("drain", more);
    more();
  });
  const { submissions } = submitting([kept], [`${fake.url}=${W1.cosignerKey}`]);
  await until(() => submissions.status[0]?.problem === "answer_too_long", "too long");
});

test("a witness that hangs keeps nobody waiting: no other witness, and no end", async () => {
  const kept = new KeptLog(new GrownLog().grow(3));
  const hanging = await FakeWitness.start(() => {});
  const good = await FakeWitness.start((body, response) => response.end(cosignatureOn(body, W2)));
  const settings = [`${hanging.url}=${W1.cosignerKey}`, `${good.url}=${W2.cosignerKey}`];
  const { submissions } = submitting([kept], settings);
  for (let grown = 0; grown < 3; grown += 1) {
    await until(() => kept.newest.length > 0, "cosigned by the other one");
    kept.log.grow(1);
  }
  await until(() => hanging.bodies.length === 1, "it hangs");
  const began = performance.now();
  await submissions.stop();
  expect(performance.now() - began).toBeLessThan(1_000);
  expect(hanging.bodies).toHaveLength(1);
});

test("what hangs is given up after its time", async () => {
  const kept = new KeptLog(new GrownLog().grow(3));
  const hanging = await FakeWitness.start(() => {});
  const { submissions } = submitting([kept], [`${hanging.url}=${W1.cosignerKey}`], {
    timing: { timeoutMs: 100 },
  });
  await until(() => hanging.bodies.length > 1, "asked again");
  expect(submissions.status[0]?.problem).toBe("timeout");
});

test("at most one request goes to a witness in its time, however much grows", async () => {
  const paceMs = 100;
  const logs = Array.from(
    { length: 8 },
    (_, at) => new KeptLog(new GrownLog(`${at}.example`).grow(1)),
  );
  const fake = await FakeWitness.start((body, response) => response.end(cosignatureOn(body)));
  submitting(logs, [`${fake.url}=${W1.cosignerKey}`], { timing: { paceMs } });
  const growing = setInterval(() => {
    for (const { log } of logs) log.grow(1);
  }, 10);
  await until(() => fake.bodies.length >= 17, "seventeen requests").finally(() =>
    clearInterval(growing),
  );
  const spanMs = (fake.times[16] ?? 0) - (fake.times[0] ?? 0);
  expect(spanMs).toBeGreaterThan(15 * paceMs);
  // Each log has its turn.
  const origins = fake.bodies
    .slice(0, 8)
    .map((body) => parseSubmission(Buffer.from(body)).checkpoint.origin);
  expect(new Set(origins).size).toBe(8);
});

test("a log that is shorter than what was cosigned is said to be, and nothing is sent of it", async () => {
  const kept = new KeptLog(new GrownLog().grow(3));
  const fake = await FakeWitness.start((_body, response) => {
    response.writeHead(409, { "content-type": "text/x.tlog.size" }).end("9\n");
  });
  const { submissions, events } = submitting([kept], [`${fake.url}=${W1.cosignerKey}`]);
  await until(() => submissions.status[0]?.problem === "log_is_shorter", "shorter");
  expect(events.at(-1)).toMatchObject({ event: "witness_does_not", problem: "log_is_shorter" });
  expect(kept.kept.size).toBe(0);
});

test("of several nodes one asks, and another one when it ends", async () => {
  const kept = new KeptLog(new GrownLog().grow(1));
  const fake = await FakeWitness.start((body, response) => response.end(cosignatureOn(body)));
  const held = { by: "", untilMs: 0 };
  const leaseOf = (node: string) => async (_witness: string, untilMs: number) => {
    if (held.by !== node && held.untilMs > Date.now()) return false;
    Object.assign(held, { by: node, untilMs });
    return true;
  };
  const setting = `${fake.url}=${W1.cosignerKey}`;
  const nodes = ["one", "two", "three"].map((node) =>
    submitting([kept], [setting], { lease: leaseOf(node), timing: { leaseMs: 200 } }),
  );
  for (let grown = 0; grown < 10; grown += 1) {
    await until(() => kept.newest.length > 0, "cosigned");
    expect(kept.newest).toHaveLength(1);
    kept.log.grow(1);
  }
  expect(nodes.filter(({ submissions }) => submissions.status.length > 0)).toHaveLength(1);
  const holder = nodes.find((_, at) => held.by === ["one", "two", "three"][at]);
  await holder?.submissions.stop();
  kept.log.grow(1);
  await until(() => kept.newest.length > 0, "cosigned by another node");
  expect(fake.bodies.map(oldIn)).toEqual(fake.bodies.map((_, at) => Math.min(at, 10)));
});

test("settings are an address and a key, and what is none is not repeated", () => {
  const { cosignerKey, vkey } = W1;
  expect(witnessPlaces([`https://w.example/a=b/=${cosignerKey}`])).toMatchObject([
    { url: "https://w.example/a=b", keys: [{ name: W1.name }] },
  ]);
  const same = [`https://w.example=${cosignerKey}`, `https://w.example/=${cosignerKey}`];
  expect(witnessPlaces(same)).toMatchObject([{ url: "https://w.example", keys: { length: 1 } }]);
  for (const wrong of [
    "zq7canary",
    "https://w.example",
    `ftp://w.example=${cosignerKey}`,
    `https://zq7canary:x@w.example=${cosignerKey}`,
    `https://w.example/?q=1=${cosignerKey}`,
    `https://w.example=${vkey}`,
    `https://w.example=${cosignerKey.replace("+", "x+")}`,
  ]) {
    expect(() => witnessPlaces([wrong]), wrong).toThrow(/^(?!.*zq7canary)/);
  }
  const many = Array.from({ length: 17 }, (_, at) => {
    return `https://w.example=${new Signer(`w${at}`, Buffer.alloc(32, at)).cosignerKey}`;
  });
  expect(() => witnessPlaces(many)).toThrow("at most 16");
});
