import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Health } from "../../../src/health/health.ts";
import { LoopTeller } from "../../../src/report/desktop/loop-teller.ts";
import type { Notification } from "../../../src/report/desktop/notifier.ts";
import { SAME_NEWS_MS, ToldLoops } from "../../../src/report/desktop/told-loops.ts";
import { Script } from "../../health/families/script.ts";

const START_MS = Date.UTC(2026, 10, 28);

function home(): string {
  return mkdtempSync(join(tmpdir(), "caum-told-"));
}

interface Told {
  readonly shown: Notification[];
  readonly teller: LoopTeller;
  run(script: Script, stepMs?: number): void;
}

function tellerOf(folder = home(), agent = "claude-code", nowOf = (at: number) => at): Told {
  const shown: Notification[] = [];
  const health = new Health();
  let now = START_MS;
  const clock = () => nowOf(now);
  const notify = async (notification: Notification) => shown.push(notification);
  const teller = new LoopTeller({ notify, told: new ToldLoops(folder, clock), clock });
  return {
    shown,
    teller,
    run(script, stepMs = 1_000) {
      for (const step of script.steps) {
        now += stepMs;
        // The script's clock is another one than the teller's.
        const { atMs: _, ...timeless } = step;
        const assessment = health.observe(timeless);
        const { tool } = step;
        teller.see({
          sessionId: "s-1",
          agent,
          assessment,
          tool,
          costNanoUsd: 5e7,
          atMs: now,
        });
      }
    },
  };
}

function loop(length: number): Script {
  const script = new Script(5).work(4);
  for (let at = 0; at < length; at++) {
    script.call({
      tool: "search_issues",
      op: "read",
      asks: "the same",
      answers: "the same answer",
    });
  }
  return script;
}

test("a loop is told of at the alerting step, and its end once", () => {
  const { run, shown, teller } = tellerOf();
  run(loop(12));
  expect(shown).toHaveLength(1);
  expect(shown[0]?.text).toMatch(
    /^Claude Code has called `search_issues` 4 times in a row with the same question \(about \$0\.20\)\. Stop it.*\nMore: caum report s-1$/,
  );
  teller.close("s-1");
  expect(shown.map(({ title }) => title)).toEqual([
    "CAUM: an agent repeats itself",
    "CAUM: the loop is over",
  ]);
});

test("work tells nothing", () => {
  const { run, shown, teller } = tellerOf();
  run(new Script(5).work(60));
  teller.close("s-1");
  expect(shown).toEqual([]);
});

test("a long loop is told of twice in all", () => {
  const { run, shown, teller } = tellerOf();
  run(loop(400), 10_000);
  teller.close("s-1");
  expect(shown).toHaveLength(2);
  expect(shown[1]?.text).toMatch(/^Claude Code has not stopped: by now/);
});

test("what a recorder finds when it comes back is history", () => {
  const { run, shown } = tellerOf(home(), "claude-code", (at) => at + 3_600_000);
  run(loop(12));
  expect(shown).toEqual([]);
});

test("a hook and a proxy that see the same loop tell it once", () => {
  const folder = home();
  const hook = tellerOf(folder);
  const proxy = tellerOf(folder);
  hook.run(loop(6));
  proxy.run(loop(6));
  expect(hook.shown).toHaveLength(1);
  expect(proxy.shown).toHaveLength(0);
});

test("what was told a minute ago is news again", () => {
  const folder = home();
  let now = START_MS;
  const told = new ToldLoops(folder, () => now);
  expect([told.claim("a"), told.claim("a"), told.claim("b")]).toEqual([true, false, true]);
  now += SAME_NEWS_MS;
  expect(told.claim("a")).toBe(true);
  expect(new ToldLoops("/dev/null/x").claim("a")).toBe(true);
});
