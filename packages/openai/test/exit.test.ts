import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { KEPT_CODE } from "../../../test/kept-code.ts";
import { recordsIn, toolCallsIn, turnsIn } from "../../../test/records.ts";

const SCRIPT = `
  import OpenAI from "openai";
  import { wrapOpenAI } from "@caum/openai";
  const call = { id: "c", type: "function", function: { name: "look", arguments: "{}" } };
  const message = { role: "assistant", content: null, tool_calls: [call] };
  const answer = { id: "r", object: "chat.completion", model: "m", choices: [{ index: 0, message, finish_reason: "tool_calls" }] };
  const answers = [() => Response.json(answer), () => Response.json(answer), () => { throw new TypeError("lost"); }];
  const fetch = async () => answers.shift()();
  const client = wrapOpenAI(new OpenAI({ apiKey: "x", baseURL: "http://h/v1", fetch, maxRetries: 0 }), { session: "s" });
  const body = { model: "m", messages: [{ role: "user", content: "go" }] };
  await client.chat.completions.create(body);
  await client.chat.completions.create(body).asResponse();
  await client.chat.completions.create(body).catch(() => {});
  process.exit(3);`;

test("a process that exits straight after its calls has recorded them, and what is open as such", async () => {
  const home = mkdtempSync(join(tmpdir(), "caum-exit-"));
  const { PATH = "" } = process.env;
  const script = ["--conditions=@caum/source", "--input-type=module", "-e", SCRIPT];
  const options = { cwd: import.meta.dirname, env: { ...KEPT_CODE, PATH, CAUM_HOME: home } };
  const failure = await promisify(execFile)(process.execPath, script, options).catch(
    (error) => error,
  );
  expect(failure).toMatchObject({ code: 3, stdout: "" });
  // One line at the start, which says where the verdicts are and how to switch it off.
  expect(failure.stderr).toMatch(/^caum: observing openai; verdicts: .*CAUM_QUIET=1\)\n$/);
  const records = recordsIn(home);
  expect(turnsIn(records).map(({ status }) => status)).toEqual(["ok", "error", "unresolved"]);
  expect(toolCallsIn(records)).toMatchObject([{ toolName: "look", status: "unresolved" }]);
  expect(records.at(-1)).toMatchObject({ payload: { type: "close" } });
  rmSync(home, { recursive: true, force: true });
});
