import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AllowList } from "../../src/alerts/guard/allow-list.ts";
import { DestinationGuard } from "../../src/alerts/guard/destination.ts";
import { resolveInDns } from "../../src/alerts/guard/resolve-name.ts";

/** Record types (RFC 1035, RFC 3596). */
const A = 1;
const AAAA = 28;
const NAME_ERROR = 3;

type Zone = Readonly<Record<string, { readonly a?: string[]; readonly aaaa?: string[] }>>;

const ZONE: Zone = {
  "public.example.com": { a: ["93.184.215.14"], aaaa: ["26064700470000000000000000001111"] },
  "four.example.com": { a: ["93.184.215.14", "1.1.1.1"] },
  "mixed.example.com": { a: ["93.184.215.14"], aaaa: ["00000000000000000000ffff7f000001"] },
};

let server: Socket;
let place: string;
beforeAll(async () => {
  server = createSocket("udp4");
  server.on("message", (query, { port, address }) => server.send(answerTo(query), port, address));
  server.bind(0, "127.0.0.1");
  await once(server, "listening");
  place = `127.0.0.1:${server.address().port}`;
});
afterAll(() => void server.close());

/** A name server of one zone, as far as these tests ask. */
function answerTo(query: Buffer): Buffer {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = query.readUInt16BE(at + 1);
  const entry = ZONE[labels.join(".").toLowerCase()];
  const data =
    type === A
      ? (entry?.a ?? []).map((text) => Buffer.from(text.split(".").map(Number)))
      : type === AAAA
        ? (entry?.aaaa ?? []).map((text) => Buffer.from(text, "hex"))
        : [];
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | (entry ? 0 : NAME_ERROR), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(data.length, 6);
  const records = data.map((bytes) => {
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc00c, 0);
    record.writeUInt16BE(type, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt32BE(1, 6);
    record.writeUInt16BE(bytes.length, 10);
    return Buffer.concat([record, bytes]);
  });
  return Buffer.concat([header, query.subarray(12, at + 5), ...records]);
}

const resolve = (name: string) => resolveInDns(name, [place]);

test("a name has all its addresses, of both families", async () => {
  expect(await resolve("public.example.com")).toEqual(["93.184.215.14", "2606:4700:4700::1111"]);
  expect((await resolve("four.example.com")).toSorted()).toEqual(["1.1.1.1", "93.184.215.14"]);
});

test("a name that is not there has none", async () => {
  expect(await resolve("gone.example.com")).toEqual([]);
});

test("what a real name server mixes is refused", async () => {
  const guard = new DestinationGuard(new AllowList(), resolve);
  await expect(guard.check("https://mixed.example.com/")).rejects.toMatchObject({
    fault: "not_public",
  });
  await expect(guard.check("https://public.example.com/")).resolves.toMatchObject({
    addresses: ["93.184.215.14", "2606:4700:4700::1111"],
  });
});
