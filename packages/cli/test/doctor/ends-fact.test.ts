import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { endsFact } from "../../src/doctor/machine-facts.ts";

test("servers end as they would alone where there is a shell", () => {
  expect(endsFact({ platform: "linux" })).toMatchObject({ about: "ends", state: "ok" });
});

test("without a shell doctor says what is lost", () => {
  const shell = join(mkdtempSync(join(tmpdir(), "caum-")), "sh");
  expect(endsFact({ platform: "linux" }, shell)).toMatchObject({
    state: "problem",
    text: `no ${shell}: signals to a group come twice, and a killed relay leaves its server`,
  });
});

test("on Windows doctor says what stays when a relay is killed", () => {
  expect(endsFact({ platform: "win32" })).toMatchObject({
    state: "note",
    text: expect.stringContaining("stays when its relay is killed"),
  });
});
