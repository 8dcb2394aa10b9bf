/** The wire server of the tests, in a process of its own. */
import { WireServer } from "../../test/wire-server/server.ts";

const server = await WireServer.start();
process.send?.(`${server.url}/v1`);
process.on("disconnect", () => process.exit());
// What a test wants to look at afterwards would grow here.
setInterval(() => server.reset(), 100);
