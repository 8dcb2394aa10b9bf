/** docs/field-cases.md is what the engine says of each case today; `vitest -u` writes it anew. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type FieldCase, judge, readCases } from "./field-case.ts";

const PAGE = fileURLToPath(new URL("../../../../../docs/field-cases.md", import.meta.url));

const HEAD = `# Cases of the field

Sessions rebuilt from public reports of loops and of false alarms, in values of our own, and what the
health engine says of each. Written by
[field-page.test.ts](../packages/core/test/health/field/field-page.test.ts), which fails when it is stale;
the events are beside it. A loop is right with a hard alert at or before the step at which it is still of
use to know. Honest work is right without an alert of any kind, also of a tier.

How tools of today do on them: \`npm run bench:health\`.
`;

test("the page of the cases is what the engine says of them", async () => {
  const cases = readCases();
  const loops = cases.filter(({ expect: kind }) => kind === "loop");
  const work = cases.filter(({ expect: kind }) => kind === "work");
  const page = [
    HEAD,
    `## Loops (${loops.length})\n`,
    "| case | what happens | a person is sure at | of use until | hard alert | for | |",
    "|---|---|---|---|---|---|---|",
    ...loops.map(loopRow),
    `\n## Honest work (${work.length})\n`,
    "| case | what happens | steps | alert | |",
    "|---|---|---|---|---|",
    ...work.map(workRow),
    "",
  ].join("\n");
  await expect(page).toMatchFileSnapshot(PAGE);
});

function loopRow({ name, why, callsItAtStep, latestStep, events }: FieldCase): string {
  const { hard, reasons } = judge(events);
  const isRight = hard !== undefined && hard <= (latestStep ?? 0);
  const said = hard === undefined ? "none" : `step ${hard}`;
  const by = reasons.map((reason) => `\`${reason}\``).join(" ");
  return row(name, why, `step ${callsItAtStep}`, `step ${latestStep}`, said, by, mark(isRight));
}

function workRow({ name, why, events }: FieldCase): string {
  const { fired, trail } = judge(events);
  const said = fired === undefined ? "none" : `step ${fired}`;
  return row(name, why, String(trail.length), said, mark(fired === undefined));
}

function mark(isRight: boolean): string {
  return isRight ? "right" : "**wrong**";
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
