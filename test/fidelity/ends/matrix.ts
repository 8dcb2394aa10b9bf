/**
 * Every end of every server, alone and behind the relay: `node test/fidelity/ends/matrix.ts [NODE...]`
 * with each Node that is to run the relay. Ends with 1 when one is not as expected.
 */
import { isDeepStrictEqual } from "node:util";
import { expectedOf } from "./departures.ts";
import { ALONE, behindEntry, behindRelay, ENDS, type End, endOf, nameOf, SERVERS } from "./ends.ts";

const [...given] = process.argv.slice(2);
const nodes = given.length > 0 ? given : [process.execPath];
const ways = nodes.flatMap((node) => [
  { name: `${node}, by itself`, way: behindRelay(node) },
  { name: `${node}, installed`, way: behindEntry(node) },
]);
const say = (text: string) => process.stdout.write(`${text}\n`);
let wrong = 0;
let right = 0;

async function check(server: (typeof SERVERS)[number], end: End): Promise<void> {
  const alone = await endOf(ALONE, server, end);
  const expected = expectedOf(server, end, alone);
  for (const { name, way } of ways) {
    const came = await endOf(way, server, end);
    if (isDeepStrictEqual(came, expected)) right++;
    else {
      wrong++;
      const words = [`${nameOf(end)}, ${server}, ${name}:`, JSON.stringify(came)];
      say(`${words.join(" ")} expected ${JSON.stringify(expected)}`);
    }
  }
}

for (const end of ENDS) await Promise.all(SERVERS.map((server) => check(server, end)));
say(`${right} of ${right + wrong} ends as without the relay, or as listed`);
process.exitCode = wrong === 0 ? 0 : 1;
