import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { collectorProfiles } from "../../src/selectors/collector-profiles.ts";
import { startAnswering } from "../liar.ts";

/** As many profiles as a page may have, and always another page. */
let endless: Server;
let url = "";
let asked = 0;
beforeAll(async () => {
  endless = createServer((_request, response) => {
    asked += 1;
    const profiles = Array.from({ length: 500 }, (_, at) => ({ sessionId: `s-${asked}-${at}` }));
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ profiles, next_cursor: `page ${asked}` }));
  });
  await new Promise<void>((resolve) => endless.listen(0, "127.0.0.1", resolve));
  // A server that listens on a port has an address with one.
  url = `http://127.0.0.1:${(endless.address() as AddressInfo).port}`;
});
afterAll(() => endless.close());

test("of more sessions than fit nothing is judged: it is asked for fewer", async () => {
  asked = 0;
  const reading = collectorProfiles({ url, apiKey: "k" }, {});
  await expect(reading).rejects.toThrow(
    "more than 50,000 sessions: say fewer, by since=, until= or last=",
  );
  expect(asked).toBe(101);
});

test.each([
  ["without a next page", {}],
  ["whose next page is the same one", { next_cursor: "a" }],
])("an answer %s is not asked for again and again", async (_, page) => {
  const text = JSON.stringify({ profiles: [], ...page });
  const stuck = await startAnswering({ status: 200, type: "application/json", text });
  await expect(collectorProfiles({ url: stuck.url }, {})).rejects.toThrow("is no collector");
  stuck.close();
});

test("the newest of many are read and no more", async () => {
  asked = 0;
  const profiles = await collectorProfiles({ url, apiKey: "k" }, { last: 700 });
  expect(profiles.length).toBeGreaterThanOrEqual(700);
  expect(asked).toBe(2);
});
