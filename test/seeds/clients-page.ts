/** The ways of the guide that need a package, run as programs of their own against `caum up`. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { KEPT_CODE } from "../kept-code.ts";
import type { Page, Seen } from "./row.ts";

const run = promisify(execFile);
const EXAMPLES = join(import.meta.dirname, "../../examples");

/** Runs an example with nothing but the address and the key; what it prints. */
async function runExample({ door }: Seen, file: string): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), "caum-seeds-"));
  const { PATH = "" } = process.env;
  const env = {
    ...KEPT_CODE,
    PATH,
    CAUM_QUIET: "1",
    CAUM_HOME: home,
    CAUM_URL: door.url,
    CAUM_API_KEY: door.apiKey,
  };
  const path = join(EXAMPLES, file);
  const [program, ...words] = file.endsWith(".py")
    ? ["python3", path]
    : [process.execPath, "--conditions=@caum/source", "--no-warnings", path];
  try {
    return (await run(program, words, { env })).stdout;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function sessionOf({ door }: Seen, id: string) {
  return (await door.get(`/v1/session/${id}`)).body.session;
}

const IN_PYTHON =
  "in Python the calls are posted by one file without dependencies, `examples/python/caum_observer.py`: whoever sends chooses what runs inside the agent";

export const clientsPage: Page = {
  title: "Clients",
  rows: [
    {
      says: "a wrapped Anthropic or OpenAI client is used as before, and every tool call of the model is observed",
      differs: `\`caum.wrapAnthropic\` and \`caum.wrapOpenAI\` of the package \`caum\` for Node; ${IN_PYTHON}`,
      check: async (seen) => {
        expect(await runExample(seen, "three-ways-wrapper.ts")).toContain("LOOP T5 after 6 steps");
        const session = await sessionOf(seen, "three-ways-wrapper");
        expect(session).toMatchObject({ tier: "T5", loop_count: 1, ended: true, resolved: false });
      },
    },
    {
      says: "`caum.init(key)`, `caum.observe(session, tool, content)` after each call, `caum.end(session)` with a tier",
      differs: `as \`caum.observe(session, {tool, content})\` of the package \`caum\` for Node; ${IN_PYTHON}`,
      check: async (seen) => {
        expect(await runExample(seen, "three-ways-manual.ts")).toMatch(/\bT[1-5]\b/);
        const session = await sessionOf(seen, "three-ways-manual");
        expect(session).toMatchObject({ ended: true, resolved: true });
      },
    },
    {
      says: "from Python: steps one after the other, and the end",
      differs: `without \`pip install\`: ${IN_PYTHON}`,
      check: async (seen) => {
        expect(await runExample(seen, "python/caum_observer.py")).toContain("3 steps");
        const session = await sessionOf(seen, "python-example");
        expect(session).toMatchObject({ agent_name: "demo agent", steps: 3, ended: true });
      },
    },
  ],
};
