import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CaumCallbackHandler } from "@caum/langchain";
import { createAgent } from "langchain";
import { expect, test } from "vitest";
import { IS_FIRST_RELEASE } from "./scenarios.ts";
import { calls, ScriptedModel, says, toolOf } from "./scripted-model.ts";

const MARKER = "zq7canary";

test("nothing of what is said, asked, answered or thrown is on the disk", async () => {
  const home = mkdtempSync(join(tmpdir(), "caum-privacy-"));
  const handler = new CaumCallbackHandler({ home, env: {}, quiet: true });
  const tools = [
    toolOf("search", ({ q }) => `${MARKER} ${q}`),
    toolOf("bad", () => {
      throw new Error(MARKER);
    }),
  ];
  const q = `${MARKER} secret`;
  // The first releases of the host end the run on a tool that does not exist.
  const unknown = IS_FIRST_RELEASE ? "bad" : `no such tool ${MARKER}!`;
  const answers = [
    calls([`c ${MARKER}`, "search", { q }], ["c2", "bad", { q }]),
    calls(["c3", "search", { [MARKER]: q }], ["c4", unknown, { q }]),
    says(MARKER),
  ];
  const agent = createAgent({ model: new ScriptedModel(answers), tools });
  const messages = [{ role: "user" as const, content: MARKER }];
  await agent.invoke({ messages }, { callbacks: [handler] });
  await handler.close();
  const files = readdirSync(home, { recursive: true, encoding: "utf8" }).map((name) =>
    statSync(join(home, name)).isFile() ? readFileSync(join(home, name), "latin1") : name,
  );
  expect(files.join("\n")).toContain("search");
  expect(files.join("\n")).not.toContain(MARKER);
  rmSync(home, { recursive: true, force: true });
});
