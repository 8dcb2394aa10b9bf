/** Memory: with a client that stops reading, and for the many processes of a desktop client. */
import { proportionalMib, residentMib } from "./process-costs.ts";
import { ECHO_SERVER, NODE_PIPE, OURS, OURS_SILENT, THEIRS } from "./relays.ts";
import { fixed, markdown } from "./statistics.ts";
import { StdioClient } from "./stdio-client.ts";

const MIB = 1024 * 1024;
/** Answers that wait while the client does not read. */
const STALLED_ANSWERS = 12;
const SERVERS = 10;
const STARTED_TWICE = 2;
const CALLS_EACH = 20;
const SETTLE_MS = 1_500;
const RELAYS = [NODE_PIPE, OURS_SILENT, OURS, ...THEIRS];

export async function measureMemory(): Promise<string> {
  const rows: string[][] = [];
  for (const relay of RELAYS) {
    const { before, stalled } = await stalledClient(relay.around(ECHO_SERVER));
    const many = await manyServers(relay.around(ECHO_SERVER));
    rows.push([
      relay.name,
      fixed(before, 0),
      fixed(stalled - before, 1),
      fixed(many.resident, 0),
      fixed(many.proportional, 0),
    ]);
  }
  const head = [
    "relay",
    "RSS MiB after 100 calls and one answer of 10 MiB",
    "more with a stalled client and 120 MiB waiting",
  ];
  return markdown([...head, "20 relays RSS", "20 relays, shared pages once"], rows);
}

async function stalledClient(command: readonly string[]) {
  const client = new StdioClient(command);
  const pid = client.child.pid ?? 0;
  for (let call = 0; call < 100; call++) await client.call();
  await client.call("", 10 * MIB);
  await settle();
  const before = residentMib(pid);
  client.child.stdout?.pause();
  const answered = client.flood(STALLED_ANSWERS, STALLED_ANSWERS, "", 10 * MIB);
  await settle();
  const stalled = residentMib(pid);
  client.child.stdout?.resume();
  await answered;
  await client.close();
  return { before, stalled };
}

/** MiB of the relays of a client's servers, pages shared with others counted in shares. */
export async function proportionalOfMany(command: readonly string[]): Promise<number> {
  return (await manyServers(command)).proportional;
}

async function manyServers(command: readonly string[]) {
  const clients = Array.from({ length: SERVERS * STARTED_TWICE }, () => new StdioClient(command));
  for (const client of clients) {
    for (let call = 0; call < CALLS_EACH; call++) await client.call();
  }
  await settle();
  const sum = (measure: (pid: number) => number) =>
    clients.reduce((total, { child }) => total + measure(child.pid ?? 0), 0);
  const costs = { resident: sum(residentMib), proportional: sum(proportionalMib) };
  await Promise.all(clients.map((client) => client.close()));
  return costs;
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}
