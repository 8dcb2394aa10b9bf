import { Resolver } from "node:dns";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { LookupFunction } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createNameLookup } from "../../../src/report/upstream/name-lookup.ts";
import { type NameServer, startNameServer } from "./name-server.ts";

const HOST = "collector.example";

let folder: string;
let nameServer: NameServer | undefined;
/** What the system was asked. */
const asked: { readonly name: string; readonly family: unknown }[] = [];

/** Stands for the system: answers at once, with an address that is not this machine's network. */
const lookup: LookupFunction = (name, { family }, callback) => {
  asked.push({ name, family });
  callback(null, "127.0.0.9", 4);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "caum-names-"));
  asked.length = 0;
});

afterEach(() => {
  nameServer?.close();
  nameServer = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function find(server: NameServer, name = HOST, hosts = "127.0.0.1 localhost\n") {
  nameServer = server;
  const hostsFile = join(folder, "hosts");
  writeFileSync(hostsFile, hosts);
  const options = { nameServers: [server.address], hostsFile, silentAfterMs: 300 };
  const find = createNameLookup({ lookup, Resolver, readFile }, options);
  return new Promise<{ code: string | undefined; address: unknown }>((resolve) => {
    find(name, {}, (problem, address) => resolve({ code: problem?.code, address }));
  });
}

test("a name server that knows no such name has answered: the system is asked", async () => {
  expect(await find(await startNameServer("A", "AAAA"))).toMatchObject({ address: "127.0.0.9" });
  expect(asked).toEqual([{ name: HOST, family: undefined }]);
});

test("while name servers are silent the system is not asked, for nobody could call it off", async () => {
  expect(await find(await startNameServer())).toMatchObject({ code: "ETIMEOUT" });
  expect(asked).toEqual([]);
});

test("a name server that is silent about one kind of address is not asked for it", async () => {
  await find(await startNameServer("A"));
  expect(asked).toEqual([{ name: HOST, family: 4 }]);
});

test("names that this machine knows by itself need no name server", async () => {
  const silent = await startNameServer();
  await find(silent, HOST, `# ours\n10.0.0.1\tother ${HOST}\n`);
  await find(silent, "localhost", "");
  expect(asked.map(({ name }) => name)).toEqual([HOST, "localhost"]);
  expect(silent.questions).toEqual([]);
});

test("a part of another name in the hosts file is not the name", async () => {
  const silent = await startNameServer();
  expect(await find(silent, HOST, `10.0.0.1 ${HOST}.other my-${HOST}\n`)).toMatchObject({
    code: "ETIMEOUT",
  });
});

test("what cannot be asked of a name server is left to the system", async () => {
  const odd = `${"x".repeat(70)}.example`;
  await find(await startNameServer(), odd);
  expect(asked.map(({ name }) => name)).toEqual([odd]);
});
