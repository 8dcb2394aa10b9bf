/** What a relay costs that is made of the SDK's transports: every message is parsed and written again. */
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";

const [command, ...args] = process.argv.slice(2);
const front = new StdioServerTransport();
const back = new StdioClientTransport({ command, args });
front.onmessage = (message) => back.send(message);
back.onmessage = (message) => front.send(message);
back.onclose = () => process.exit(0);
process.stdin.on("end", () => back.close());
await back.start();
await front.start();
