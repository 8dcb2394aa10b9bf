/** A client with a process of its own: `node client-process.ts '[entry, client name, calls]'`. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";

const [{ command, args }, name, calls] = JSON.parse(process.argv[2] ?? "");
// True because whoever starts this gives it texts only.
const env = { ...process.env } as Record<string, string>;
const client = new Client({ name, version: "1" });
await client.connect(new StdioClientTransport({ command, args, env }));
const times: number[] = [];
let answer: unknown;
for (let call = 0; call < calls; call++) {
  answer = (await client.callTool({ name: "echo", arguments: { path: "a" } })).content;
  times.push(Date.now());
}
await client.close();
process.stdout.write(JSON.stringify({ answer, times }));
