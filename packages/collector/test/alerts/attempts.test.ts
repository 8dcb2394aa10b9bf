import { expect, test } from "vitest";
import { clockAt, collector, receiver, START } from "./opened.ts";
import { accept, eventually } from "./receiver.ts";

test("a receiver that fails is asked again later and later, with the same id, until it takes it", async () => {
  const target = await receiver((response, number) => {
    response.writeHead(number < 3 ? 500 : 200).end();
  });
  const time = clockAt(START);
  const client = await collector([target.place], { clock: time.clock });
  await client.addRules({ destination: target.url });
  await client.loop("s");
  for (const [attempt, waitMs] of [5_000, 30_000, 120_000].entries()) {
    const [alert] = await eventually(
      () => client.history(),
      ([first]) => first?.attempts === attempt + 1 && first.problem === "http_500",
    );
    expect(Date.parse(alert.next_attempt_at) - time.clock()).toBe(waitMs);
    expect(target.received).toHaveLength(attempt + 1);
    time.pass(waitMs);
  }
  await eventually(
    () => client.history(),
    ([first]) => first?.status === "delivered",
  );
  expect(new Set(target.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  expect(new Set(target.received.map(({ headers }) => headers["webhook-timestamp"])).size).toBe(4);
});

test("a receiver that never takes it: a dead letter after nine attempts, replayed with the same id", async () => {
  let isWell = false;
  const target = await receiver((response) => void response.writeHead(isWell ? 200 : 404).end());
  const time = clockAt(START);
  const client = await collector([target.place], { clock: time.clock });
  await client.addRules({ destination: target.url });
  await client.loop("s");
  const [dead] = await eventually(
    async () => {
      time.pass(86_400_000);
      return client.history();
    },
    ([first]) => first?.status === "dead",
  );
  expect(dead).toMatchObject({ attempts: 9, problem: "http_404", next_attempt_at: null });
  expect(await client.history("&status=dead")).toHaveLength(1);
  expect(target.received).toHaveLength(9);
  isWell = true;
  expect((await client.post(`/v1/alerts/history/${dead.id}/replay`, {})).status).toBe(202);
  await eventually(
    () => client.history("&status=delivered"),
    ({ length }) => length === 1,
  );
  expect(target.received.at(-1)?.headers["webhook-id"]).toBe(dead.id);
  const again = await client.post(`/v1/alerts/history/${dead.id}/replay`, {});
  expect(again.status).toBe(409);
  const nobody = await client.post(`/v1/alerts/history/alert_${"0".repeat(32)}/replay`, {});
  expect(nobody.status).toBe(404);
});

test("a receiver that is gone for good is not asked again", async () => {
  const target = await receiver((response) => void response.writeHead(410).end());
  const client = await collector([target.place]);
  await client.addRules({ destination: target.url });
  await client.loop("s");
  await eventually(
    () => client.history("&status=dead"),
    ({ length }) => length === 1,
  );
  expect(target.received).toHaveLength(1);
});

test("429 and 503 are asked again when they say, as seconds or as a date", async () => {
  const time = clockAt(START);
  const answers = [
    [429, "90"],
    [503, new Date(START + 90_000 + 600_000).toUTCString()],
    [429, "soon"],
  ] as const;
  const target = await receiver((response, number) => {
    const [status, after] = answers[number] ?? [200, ""];
    response.writeHead(status, after === "" ? {} : { "retry-after": after }).end();
  });
  const client = await collector([target.place], { clock: time.clock });
  await client.addRules({ destination: target.url });
  await client.loop("s");
  for (const [attempt, waitMs] of [90_000, 600_000, 120_000].entries()) {
    const [alert] = await eventually(
      () => client.history(),
      ([first]) => first?.attempts === attempt + 1 && first.problem !== null,
    );
    expect(alert.problem).toBe(`http_${answers[attempt]?.[0]}`);
    expect(Date.parse(alert.next_attempt_at) - time.clock()).toBe(waitMs);
    time.pass(waitMs);
  }
  await eventually(
    () => client.history(),
    ([first]) => first?.status === "delivered",
  );
});

test("a receiver that dies between attempts gets the alert when it is back", async () => {
  const dying = await receiver((response) => void response.socket?.destroy());
  const time = clockAt(START);
  const client = await collector([dying.place], { clock: time.clock });
  await client.addRules({ destination: dying.url });
  await client.loop("s");
  const failed = (attempts: number) =>
    eventually(
      () => client.history(),
      ([first]) => first?.attempts === attempts && first.problem === "connection_failed",
    );
  const [alert] = await failed(1);
  await dying.close();
  time.pass(5_000);
  await failed(2);
  const back = await receiver(accept, Number(dying.place.split(":")[1]));
  time.pass(30_000);
  await eventually(
    () => back.received,
    ({ length }) => length === 1,
  );
  expect(back.received[0]?.headers["webhook-id"]).toBe(alert.id);
});
