/** The floor: each line of each file of a folder, read and parsed, and nothing done with it. */
import { createReadStream, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

let lines = 0;
for (const name of readdirSync(process.argv[2], { recursive: true })) {
  if (!name.endsWith(".jsonl")) continue;
  const input = createReadStream(join(process.argv[2], name));
  for await (const line of createInterface({ input })) {
    if (JSON.parse(line) !== null) lines += 1;
  }
}
process.stdout.write(`${lines}\n`);
