import { expect, test } from "vitest";
import { environmentWithoutOurs } from "../../src/stdio/process/server-process.ts";

test("the server sees what it would see without us, its own settings of CAUM among it", () => {
  const env = {
    PATH: "/bin",
    CAUM_API_KEY: "caum_live_x",
    CAUM_URL: "http://localhost",
    LANG: "C",
  };
  expect(environmentWithoutOurs(env)).toBe(env);
  const ours = { Caum_Node: "node.exe", CAUM_SESSION_ID: "s", CAUM_AGENT_ID: "a" };
  expect(environmentWithoutOurs({ ...env, ...ours })).toEqual(env);
});
