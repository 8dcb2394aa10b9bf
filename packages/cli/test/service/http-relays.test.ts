import { createServer, type Server } from "node:http";
import { createServer as createSocketServer } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type HttpServer, keepHttpServers } from "../../src/install/http/http-servers.ts";
import { keepHttpRelays } from "../../src/relays/http-relays.ts";
import { answersAt } from "../../src/service/answers-at.ts";
import { TemporaryHome } from "../install/temporary-home.ts";
import { freePort } from "./with-systemd.ts";

/** A busy machine is no slower than this. */
const PATIENCE = { timeout: 50_000, interval: 100 };

let machine: TemporaryHome;
let upstream: Server;
let wanted: HttpServer;
const ended: number[] = [];
let relays: ReturnType<typeof keepHttpRelays> | undefined;

beforeEach(async () => {
  machine = new TemporaryHome();
  upstream = createServer((request, response) => response.end(`asked for ${request.url}`));
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", () => resolve()));
  const address = upstream.address();
  const origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  const port = await freePort();
  wanted = { client: "cursor", path: "/u/mcp.json", name: "a", origin, port };
  ended.length = 0;
});
afterEach(() => {
  relays?.close();
  upstream.closeAllConnections();
  upstream.close();
  machine.remove();
});

const keep = () => {
  relays = keepHttpRelays(machine.caumHome, (port) => ended.push(port));
};
const isUp = () => answersAt(wanted.port);

test("a relay that is named later is started, passes path and query, and ends when it is not named", async () => {
  keep();
  keepHttpServers([wanted], machine.caumHome);
  await expect.poll(isUp, PATIENCE).toBe(true);
  const answer = await fetch(`http://127.0.0.1:${wanted.port}/a/b?key=1`);
  expect(await answer.text()).toBe("asked for /a/b?key=1");
  keepHttpServers([], machine.caumHome);
  await expect.poll(isUp, PATIENCE).toBe(false);
  expect(ended).toEqual([]);
}, 60_000);

test("one whose port somebody else holds is started again until it is free", async () => {
  const other = createSocketServer().listen(wanted.port, "127.0.0.1");
  keepHttpServers([wanted], machine.caumHome);
  keep();
  await expect.poll(() => ended.length, PATIENCE).toBeGreaterThan(0);
  expect(ended[0]).toBe(wanted.port);
  other.close();
  const text = () =>
    fetch(`http://127.0.0.1:${wanted.port}/`).then(
      (answer) => answer.text(),
      () => "nobody",
    );
  await expect.poll(text, PATIENCE).toBe("asked for /");
}, 60_000);

test("a list that is broken or half ours names nothing that is not one", async () => {
  const odd = { servers: [wanted, { ...wanted, port: "x" }, { ...wanted, origin: "no" }, null] };
  machine.write("u/.caum/http-servers.json", JSON.stringify(odd));
  keep();
  await expect.poll(isUp, PATIENCE).toBe(true);
  machine.write("u/.caum/http-servers.json", "{");
  await expect.poll(isUp, PATIENCE).toBe(false);
}, 60_000);
