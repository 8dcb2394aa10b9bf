import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { hasTool } from "../../../test/has-tool.ts";
import { startClient } from "./client.ts";

const run = promisify(execFile);
const example = join(import.meta.dirname, "../../../examples/python/caum_observer.py");

const hasPython = hasTool(["python3", "--version"], "the Python example");

test.skipIf(!hasPython)(
  "the Python example observes, also when it runs twice under one session id",
  async () => {
    const client = await startClient();
    const env = {
      ...process.env,
      CAUM_URL: client.collector.url,
      CAUM_API_KEY: client.collector.apiKey,
    };
    for (const segment of [1, 2]) {
      const { stdout } = await run("python3", [example], { env });
      expect(stdout).toContain("step 3");
      expect(stdout).toContain("3 steps");
      const { body } = await client.get("/v1/session/python-example");
      expect(body.session).toMatchObject({
        agent_name: "demo agent",
        segment,
        ended: true,
        steps: 3,
      });
    }
    await client.stop();
  },
);

test.skipIf(!hasPython)(
  "without a collector the example says so and nothing else happens",
  async () => {
    const env = { ...process.env, CAUM_URL: "http://127.0.0.1:9" };
    const failed = await run("python3", [example], { env }).catch((failure) => failure);
    expect(failed.stderr).toContain("no collector: URLError");
  },
);
