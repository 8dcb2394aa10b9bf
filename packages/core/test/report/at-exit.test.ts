import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const MODULE = join(import.meta.dirname, "../../src/report/at-exit.ts");

test("answers settle before open calls end, and these before their runs, whoever came first", () => {
  const script = `
    import { atExit } from ${JSON.stringify(MODULE)};
    const say = (text) => () => process.stdout.write(text + ";");
    atExit("runs", say("run"));
    const cancel = atExit("open calls", say("gone"));
    atExit("open calls", say("call"));
    atExit("answers", say("answer"));
    cancel();
    process.exit(0);`;
  const done = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
  });
  expect(done.stderr).toBe("");
  expect(done.stdout).toBe("answer;call;run;");
});
