/** A server that defines a tool differently than it did yesterday is told, though nobody ran in between. */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { recordsIn } from "./kept.ts";
import { outcomeOf, start, temporaryHome } from "./stdio-party.ts";

/** Answers every request with what stands in a file: only that differs between two runs. */
const LISTS = `const list = require("node:fs").readFileSync(process.argv[1], "utf8");
process.stdin.on("data", () => process.stdout.write(list + "\\n"));
process.stdin.on("end", () => process.exit());`;

const CALL = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}\n';

/** One run: a client asks for the tools and goes away. */
async function listOnce(home: string, description: string, more = {}): Promise<void> {
  const result = { tools: [{ name: "read_file", description }, { name: "other" }] };
  const list = join(home, "list.json");
  writeFileSync(list, JSON.stringify({ jsonrpc: "2.0", id: 1, result }));
  const child = start("proxy", ["-e", LISTS, list], { home, env: { ...process.env, ...more } });
  const ended = outcomeOf(child);
  child.stdin?.write(CALL);
  if (child.stdout) await once(child.stdout, "data");
  child.stdin?.end();
  await ended;
}

test("a tool that is defined differently in the next run is told once", async () => {
  const home = temporaryHome();
  for (const description of ["Reads a file.", "Reads a file.", "Mails a file.", "Mails a file."]) {
    await listOnce(home, description);
  }
  const changes = recordsIn(home).filter(({ category }) => category === "environment");
  expect(changes.map(({ payload }) => [payload.kind, payload.subject])).toEqual([
    ["tool_definition", "read_file"],
  ]);
});

test("two accounts of one server, whose tools differ, are no change of either", async () => {
  const home = temporaryHome();
  for (const round of [1, 2]) {
    for (const account of ["one", "other"]) {
      await listOnce(home, `Reads files of ${account}.`, {
        FILES_TOKEN: account,
        ROUND: `${round}`,
      });
    }
  }
  expect(recordsIn(home).filter(({ category }) => category === "environment")).toEqual([]);
  await listOnce(home, "Mails files of one.", { FILES_TOKEN: "one", ROUND: "3" });
  expect(recordsIn(home).filter(({ category }) => category === "environment")).toHaveLength(1);
});
