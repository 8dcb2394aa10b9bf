import { once } from "node:events";
import { connect } from "node:net";
import Fastify from "fastify";
import { expect, test } from "vitest";
import { EventStream } from "../../src/dashboard/streams/event-stream.ts";
import { startClient } from "../client.ts";
import { openEvents } from "./event-source.ts";

test("a page that does not read is told to read everything again, and costs no more memory", async () => {
  const app = Fastify();
  let hasEnded = false;
  let stream: EventStream | undefined;
  app.get("/", (_request, reply) => {
    stream = new EventStream(reply, () => {
      hasEnded = true;
    });
  });
  const url = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
  const socket = connect(Number(url.port), url.hostname);
  socket.write(`GET / HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`);
  await once(socket, "readable");
  let sent = 0;
  // What the system itself buffers comes on top of what is counted.
  while (stream?.isOpen && sent < 5_000) {
    stream.send("step", "x".repeat(10_000), sent++);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(sent).toBeLessThan(5_000);
  let text = "";
  for await (const chunk of socket) {
    text = (text + chunk).slice(-100);
    if (text.includes("event: reload")) break;
  }
  expect(text).toContain("event: reload\ndata: {}\n\n");
  socket.destroy();
  await expect.poll(() => hasEnded).toBe(true);
  await app.close();
});

test("a page goes on where it was when the collector has restarted", async () => {
  const before = await startClient();
  const step = (client: typeof before, number: number) =>
    client.post("/v1/step", { session_id: "s", step: number, tool: `tool-${number}` });
  await step(before, 1);
  const path = "/dashboard-api/session/s/stream?after=-1";
  const first = await openEvents(`${before.collector.url}${path}`, before.key);
  await first.until(({ type, id }) => type === "step" && id === 1);
  await before.collector.close();
  await first.ended;
  const after = await startClient({ data: before.folder });
  await step(after, 2);
  const headers = { ...after.key, "last-event-id": "1" };
  const second = await openEvents(`${after.collector.url}${path}`, headers);
  const seen = await second.until(({ type }) => type === "session");
  expect(seen.filter(({ type }) => type === "step").map(({ id }) => id)).toEqual([2]);
  second.close();
  await after.stop();
  await before.stop();
});
