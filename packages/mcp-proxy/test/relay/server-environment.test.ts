import { expect, test } from "vitest";
import { environmentWithoutOurs } from "../../src/relay/process/server-process.ts";

test("the server sees what it would see without us, its own settings of CAUM among it", () => {
  const env = {
    PATH: "/bin",
    CAUM_API_KEY: "caum_live_x",
    CAUM_URL: "http://localhost",
    LANG: "C",
  };
  expect(environmentWithoutOurs(env)).toBe(env);
  expect(environmentWithoutOurs({ ...env, Caum_Node: "node.exe" })).toEqual(env);
});
