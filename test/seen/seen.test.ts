import { expect, test } from "vitest";
import { SEEN as AI_SDK } from "../../packages/ai-sdk/test/seen.ts";
import { SEEN as ANTHROPIC } from "../../packages/anthropic/test/seen.ts";
import { SEEN as LANGCHAIN } from "../../packages/langchain/test/seen.ts";
import { SEEN as OPENAI } from "../../packages/openai/test/seen.ts";
import { FATES, type SeenRow, statusesOf } from "./seen-row.ts";

const ROWS: readonly SeenRow[] = [...AI_SDK, ...LANGCHAIN, ...OPENAI, ...ANTHROPIC];
const fates = Object.keys(FATES) as (keyof typeof FATES)[];

/** Where something is seen that is not so any more: `npx vitest run test/seen -u`, and a look at it. */
test("docs/adapters/README.md shows what is seen of a call", async () => {
  const lines = ["host, way", ...fates].join(" | ");
  const table = [`| ${lines} |`, `|${"---|".repeat(fates.length + 1)}`];
  for (const { host, way, cells } of ROWS) {
    const statuses: string[] = [];
    for (const fate of fates) statuses.push(await statusesOf(cells[fate]));
    table.push(`| ${host}, ${way} | ${statuses.join(" | ")} |`);
  }
  const legend = fates.map((fate) => `- ${fate}: ${FATES[fate]}`);
  await expect(
    `${INTRODUCTION}\n${table.join("\n")}\n\n${legend.join("\n")}\n`,
  ).toMatchFileSnapshot("../../docs/adapters/README.md");
});

const INTRODUCTION = `# What is seen of a call

One page per host: [Vercel AI SDK](ai-sdk.md), [LangChain](langchain.md), [OpenAI](openai.md),
[Anthropic](anthropic.md). The table is made by a test (\`test/seen\`), which lets each host do each
thing and prints the statuses of the records. \`pending\` is a record of its own: the call waits for
somebody. A dash is what a way cannot see, or a host cannot do.
`;
