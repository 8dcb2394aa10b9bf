/** Chains that senders make themselves, over the events door. */
import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, startClient } from "../client.ts";
import { isFolderStore } from "../store-choice.ts";

let client: Client;
beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.stop());

type Event = Readonly<Record<string, unknown>>;

function eventOf(sessionId: string, more: Event = {}): Event {
  return {
    eventId: randomUUID(),
    agentId: "support-bot",
    sessionId,
    sourceTimestamp: "2025-01-15T10:30:00Z",
    category: "reasoning",
    schemaVersion: "1.0",
    payload: {
      summary: "naïve 👀 \u2028",
      confidence: 0.1,
      alternatives: [1e21, -0, { b: 1, a: [] }],
    },
    ...more,
  };
}

/** RFC 8785, written anew from its text. */
function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`).join(",")}}`;
}

const hashOf = (event: unknown) => createHash("sha256").update(canonical(event)).digest("hex");

const post = async (event: Event) => {
  const answer = await client.post("/v1/events", event);
  expect(answer.status).toBe(202);
  return answer.body;
};

async function linksIn(sessionId: string) {
  const { body } = await client.get(`/v1/session/${sessionId}`);
  return {
    counts: body.session.sender_links,
    steps: body.steps.map(({ sender_link: link = null }) => link),
  };
}

test("the example of the documents has the hashes that are written there", async () => {
  const page = readFileSync(join(import.meta.dirname, "../../../../docs/collector.md"), "utf8");
  const part = page.slice(page.indexOf("### A chain of your own"));
  const [, block = ""] = /```json\n(.*?)```/s.exec(part) ?? [];
  const events = block
    .split(/(?<=\})\n/)
    .filter(Boolean)
    .map((text) => JSON.parse(text));
  const [, last] = /hash of the second is `([0-9a-f]{64})`/.exec(part) ?? [];
  expect(events).toHaveLength(2);
  expect(events[1].previousHash).toBe(hashOf(events[0]));
  expect(last).toBe(hashOf(events[1]));
  expect(await post(events[0])).toMatchObject({ eventHash: hashOf(events[0]) });
  expect(await post(events[1])).toMatchObject({ eventHash: last, link: "linked" });
});

test("what an event names is held against the one before, reported everywhere and never refused", async () => {
  const before = await metric("unequal");
  const first = eventOf("broken");
  const answer = await post(first);
  expect(answer).toMatchObject({ eventHash: hashOf(first) });
  expect(answer).not.toHaveProperty("link");
  const second = eventOf("broken", { previousHash: hashOf(first) });
  expect(await post(second)).toMatchObject({ link: "linked", eventHash: hashOf(second) });
  expect(await post(eventOf("broken", { previousHash: hashOf(first) }))).toMatchObject({
    link: "unequal",
  });
  expect(await post(eventOf("broken", { previousHash: "a1b2c3d4..." }))).toMatchObject({
    link: "malformed",
  });
  expect(await post(eventOf("broken", { previousHash: "x".repeat(2_000) }))).toMatchObject({
    link: "malformed",
  });
  expect(await post(eventOf("broken"))).toMatchObject({ link: "missing" });
  expect(await linksIn("broken")).toEqual({
    counts: { linked: 1, unequal: 1, malformed: 2, missing: 1 },
    steps: [null, null, "linked", "unequal", "malformed", "malformed", "missing"],
  });
  expect(await metric("unequal")).toBe(before + 1);
  const bundle = await client.get("/v1/session/broken/bundle");
  expect(bundle.text).toContain('"sender_links": {');
});

test("a bundle of a session without such a chain says nothing of it", async () => {
  await post(eventOf("plain"));
  expect((await client.get("/v1/session/plain/bundle")).text).not.toContain("sender_links");
  expect((await linksIn("plain")).counts).toBeNull();
});

async function metric(link: string): Promise<number> {
  const { text } = await client.get("/metrics", {});
  return Number(new RegExp(`caum_sender_links_total\\{link="${link}"\\} (\\d+)`).exec(text)?.[1]);
}

test("an event that is sent again is no break, and is answered as before", async () => {
  const before = await metric("linked");
  const first = eventOf("again");
  const second = eventOf("again", { previousHash: hashOf(first) });
  const answers = [await post(first), await post(second)];
  for (const event of [first, second, first]) {
    const at = event === second ? 1 : 0;
    expect(await post(event)).toEqual({ ...answers[at], duplicate: true });
  }
  const third = eventOf("again", { previousHash: hashOf(second) });
  expect(await post(third)).toMatchObject({ link: "linked" });
  const changed = await post({ ...second, operation: "read" });
  expect(changed).toMatchObject({ conflict: true, link: "linked" });
  expect(changed).not.toHaveProperty("eventHash");
  expect((await linksIn("again")).counts).toEqual({ linked: 2 });
  expect(await metric("linked")).toBe(before + 2);
});

test("agents and runs of one session have chains of their own", async () => {
  const senders = [{ agentId: "one" }, { agentId: "two" }, { agentId: "two", runId: "run 7" }];
  let hashes = senders.map(() => "0".repeat(64));
  for (let round = 0; round < 3; round++) {
    const events = senders.map((sender, at) =>
      eventOf("several", { ...sender, previousHash: hashes[at] }),
    );
    for (const event of events) expect(await post(event)).toMatchObject({ link: "linked" });
    hashes = events.map(hashOf);
  }
  expect((await linksIn("several")).counts).toEqual({ linked: 9 });
});

test("steps between, an end and what comes after it leave a chain as it is", async () => {
  const first = eventOf("ended", { previousHash: "0".repeat(64) });
  await post(first);
  await client.post("/v1/step", { session_id: "ended", step: 1, tool: "bash" });
  await client.post("/v1/session/ended/end", {});
  expect(await post(eventOf("ended", { previousHash: hashOf(first) }))).toMatchObject({
    link: "linked",
  });
});

test("a sender that begins to link late is not said to have a break", async () => {
  for (let at = 0; at < 3; at++) await post(eventOf("late"));
  const unhashed = eventOf("late");
  expect(await post(unhashed)).not.toHaveProperty("eventHash");
  const next = eventOf("late", { previousHash: hashOf(unhashed) });
  expect(await post(next)).toMatchObject({ link: "unknown", eventHash: hashOf(next) });
  expect(await post(eventOf("late", { previousHash: hashOf(next) }))).toMatchObject({
    link: "linked",
  });
});

test("a batch is linked line by line", async () => {
  const events: Event[] = [];
  for (let at = 0; at < 4; at++) {
    const before = events.at(-1);
    events.push(eventOf("lines", { previousHash: before ? hashOf(before) : "0".repeat(64) }));
  }
  const [one, two, three, four] = events.map((event) => JSON.stringify(event));
  const answer = await client.request("POST", "/v1/events/batch", {
    headers: { ...client.key, "content-type": "application/x-ndjson" },
    body: [one, two, four, three].join("\n"),
  });
  expect(answer.body.results.map(({ link }: { link: string }) => link)).toEqual([
    "linked",
    "linked",
    "unequal",
    "unequal",
  ]);
});

test("what has no canonical form is taken, and nothing is said to link to it", async () => {
  const odd = JSON.stringify(eventOf("odd")).replace("naïve", "\\ud800");
  const answer = await client.post("/v1/events", odd);
  expect(answer.status).toBe(202);
  expect(answer.body).not.toHaveProperty("eventHash");
  const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
  const nested = JSON.stringify(eventOf("odd", { previousHash: "0".repeat(64) })).replace(
    '"confidence":0.1',
    `"unread":${deep}`,
  );
  expect((await client.post("/v1/events", nested)).body).toMatchObject({ link: "linked" });
  expect(await post(eventOf("odd", { previousHash: "1".repeat(64) }))).toMatchObject({
    link: "unknown",
  });
});

test("no hash is kept as it was sent", async () => {
  const first = eventOf("kept");
  await post(first);
  const hash = hashOf(first);
  await post(eventOf("kept", { previousHash: hash }));
  expect((await client.get("/v1/session/kept")).text).not.toContain(hash);
  const files = readdirSync(client.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  expect(files.some((bytes) => bytes.includes("kept"))).toBe(isFolderStore);
  for (const form of [hash.slice(0, 32), Buffer.from(hash.slice(0, 32), "hex")]) {
    expect(files.filter((bytes) => bytes.includes(form))).toEqual([]);
  }
});
