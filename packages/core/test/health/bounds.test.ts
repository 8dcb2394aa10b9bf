/** One row for each number of docs/signals.md that says what a rule leaves out, or what a regime is. */
import { describe, expect, test } from "vitest";
import { Health } from "../../src/health/health.ts";
import type { Step } from "../../src/health/step/step.ts";
import { type CallFacts, Script } from "./families/script.ts";

const letters = "abcdefghijklmnopqrstuvwxyz";
const letter = (index: number) => letters[index] ?? "";
const file = (index: number): CallFacts => {
  return {
    tool: "read",
    op: "read",
    asks: `file ${letter(index)}`,
    answers: `text ${letter(index)}`,
  };
};

function judge(steps: readonly Step[]) {
  const health = new Health();
  return steps.map((step) => health.observe(step));
}

/** The rules that found something for review or a loop, at any step. */
function rulesOf(script: Script): ReadonlySet<string> {
  return new Set(judge(script.steps).flatMap(({ reasons }) => reasons.map(wordOf)));
}

function wordOf(reason: string): string {
  return reason.split(":")[0] ?? "";
}

function isAlerted(script: Script): boolean {
  return judge(script.steps).some(({ publicClass }) => publicClass === "hard_alert");
}

const last = (script: Script) => judge(script.steps).at(-1);

/** So many times the same, after work. */
function times(count: number, write: (script: Script, time: number) => void, work = 6): Script {
  const script = new Script(12).work(work);
  for (let time = 1; time <= count; time++) write(script, time);
  return script;
}

describe("what is left out of a rule", () => {
  test.each([
    [2, true],
    [8, true],
    [9, false],
  ])("periodic: a cycle of %i steps is one: %s", (period, expected) => {
    const script = times(3 * period, (one, time) => one.call(file(time % period)));
    expect(rulesOf(script).has("periodic")).toBe(expected);
  });

  test.each([
    [29, false],
    [30, true],
  ])("recurrence: whatever the words of the user, %i known calls are a loop: %s", (calls, loop) => {
    const script = new Script(12).work(6);
    for (let index = 0; index < 10; index++) script.call(file(index));
    for (let time = 1; time <= calls; time++) {
      if (time % 2 === 0 && time < 29) script.user(script.fresh());
      script.call(file((time * 7 + (time >> 2)) % 10));
    }
    expect(rulesOf(script).has("recurrence")).toBe(loop);
  });

  test.each([
    ["abababababababab", true],
    ["abcacbabcacbacba", false],
  ])("leaky: %s and three new steps among sixteen are a loop: %s", (order, expected) => {
    const script = new Script(12).work(6);
    for (let index = 0; index < 3; index++) script.call(file(index));
    script.work(1);
    for (let time = 1; time <= 13; time++) {
      // Too soon for any other rule, something new comes in between.
      if (time === 5 || time === 10) script.work(1);
      script.call(file(letters.indexOf(order[time] ?? "")));
    }
    expect(rulesOf(script).has("leaky")).toBe(expected);
    expect(isAlerted(script)).toBe(expected);
  });

  test.each([
    [31, "review_only"],
    [32, "hard_alert"],
  ])("jitter: an answer of %i bytes is %s", (bytes, expected) => {
    const answers = "x".repeat(bytes);
    const script = times(5, (one, time) =>
      one.call({ tool: "get", op: "net", asks: `try ${time}`, answers }),
    );
    expect(last(script)?.publicClass).toBe(expected);
  });

  test.each([
    [256, "review_only"],
    [257, "hard_alert"],
  ])("numeric: an answer of %i bytes is %s", (bytes, expected) => {
    const script = times(8, (one, time) => {
      const answers = `${"x".repeat(bytes - 2)} ${time}`;
      one.call({ tool: "py", op: "run", asks: "the run", answers });
    });
    expect(last(script)?.publicClass).toBe(expected);
  });

  test.each([
    [2, false],
    [3, true],
  ])("all_failing: %i tools that all fail are a loop: %s", (tools, expected) => {
    const script = times(10, (one, time) => {
      const tool = `tool ${letter(time % tools)}`;
      one.call({ tool, op: "run", asks: one.fresh(), answers: one.fresh(), status: "error" });
    });
    expect(rulesOf(script).has("all_failing")).toBe(expected);
  });

  test.each([
    [8, false],
    [9, true],
  ])("of %i agents the one silent longest is forgotten: %s", (agents, isForgotten) => {
    const by = (index: number): CallFacts => {
      return { ...file(0), more: { agentTag: `x-${letter(index)}` } };
    };
    // The first agent of all stands for the session, and is kept.
    const script = new Script(12).call(by(25));
    for (let time = 0; time < 3; time++) script.call(by(0));
    for (let index = 1; index < agents - 1; index++) {
      script.call({ ...file(index), more: { agentTag: `x-${letter(index)}` } });
    }
    expect(isAlerted(script.call(by(0)))).toBe(!isForgotten);
  });
});

describe("what is taken for a wait", () => {
  const look = (index: number, gapMs: number): CallFacts => {
    const asks = `job ${letter(index)}`;
    return { tool: "job", op: "wait", asks, answers: "running", gapMs };
  };

  test.each([
    [4, false],
    [5, true],
  ])("a cycle of %i looks is no wait: %s", (period, expected) => {
    const script = times(4 * period, (one, time) => one.call(look(time % period, 30_000)), 12);
    expect(isAlerted(script)).toBe(expected);
  });

  test.each([
    ["op: wait", "wait", false],
    ["a change", "write", true],
  ] as const)("a cycle of three steps, one of them %s, is no wait: %s", (_what, op, expected) => {
    const script = times(
      12,
      (one, time) => one.call({ ...look(time % 3, 30_000), ...(time % 3 === 0 && { op }) }),
      12,
    );
    expect(isAlerted(script)).toBe(expected);
  });

  test.each([
    [19_900, 60, true],
    [20_000, 60, false],
    [30_000, 118, false],
    [30_000, 119, true],
  ])("every %i ms, %i looks have lost their sense: %s", (gapMs, looks, expected) => {
    const script = times(looks, (one) => one.call(look(0, gapMs)), 12);
    expect(last(script)?.publicClass === "hard_alert").toBe(expected);
  });
});

describe("when a regime begins", () => {
  /** Words of the agent, each another. */
  const say = (script: Script) => script.say(script.fresh());
  const named: CallFacts = { tool: "bash", op: "run", status: "unknown" };

  test.each([
    ["REASONING_LOOP", 4, say, 12],
    ["GRIND", 8, (script: Script) => script.call(named), 0],
    ["GRIND", 6, (script: Script, time: number) => script.work(Number(time > 1)).call(file(0))],
    [
      "GRIND",
      3,
      (script: Script, time: number) =>
        script.call({
          tool: "t",
          op: "run",
          asks: script.fresh(),
          answers: `bad line ${time}`,
          status: "error",
        }),
    ],
  ] as const)("%s begins with the %i-th in a row", (regime, count, write, work = 12) => {
    const regimes = [count - 1, count].map((steps) => last(times(steps, write, work))?.regime);
    expect(regimes[0]).not.toBe(regime);
    expect(regimes[1]).toBe(regime);
  });

  test("GRIND begins with the fourth known step in a row", () => {
    const regimes = [3, 4].map((repeats) => {
      const script = new Script(12).work(8);
      for (let index = 0; index < 6; index++) script.call(file(index));
      for (let time = 0; time < repeats; time++) script.call(file((time * 4) % 6));
      return last(script)?.regime;
    });
    expect(regimes[0]).not.toBe("GRIND");
    expect(regimes[1]).toBe("GRIND");
  });

  test("GRIND begins when more than half of sixteen steps repeat", () => {
    const regimes = [8, 9].map((repeats) => {
      const script = new Script(12).work(6);
      for (let index = 0; index < 9; index++) script.call(file(index));
      const work = 16 - repeats;
      let known = 0;
      // Old and new by turns: never four old ones in a row.
      for (let at = 0; at < 16; at++) {
        const isOld = known < repeats && (at % 2 === 1 || at - known >= work);
        if (isOld) script.call(file((known++ * 4) % 9));
        else script.work(1);
      }
      return last(script)?.regime;
    });
    expect(regimes[0]).not.toBe("GRIND");
    expect(regimes[1]).toBe("GRIND");
  });

  test("WARMING_UP is over with the fifth step", () => {
    const regimes = judge(new Script(12).work(5).steps).map(({ regime }) => regime);
    expect(regimes.slice(0, 4)).toEqual(Array(4).fill("WARMING_UP"));
    expect(regimes[4]).not.toBe("WARMING_UP");
  });

  test.each([
    [7, 20, false],
    [8, 20, true],
    [3, 10, false],
    [4, 10, true],
  ])("with %i changes among %i new steps a session expands: %s", (changes, steps, expected) => {
    const script = new Script(12);
    for (let at = 0; at < steps; at++) {
      const op = at < changes ? "write" : "read";
      script.call({ tool: op, op, asks: script.fresh(), answers: script.fresh() });
    }
    expect(last(script)?.regime === "EXPANSION").toBe(expected);
  });
});

describe("failure_risk is told", () => {
  const query = (script: Script, op: Step["op"] = "other") =>
    script.call({ tool: "sql", op: op ?? "other", asks: script.fresh(), answers: script.fresh() });
  const riskOf = (unnamed: number, named: number, op: Step["op"]) => {
    const script = new Script(3);
    for (let at = 0; at < named; at++) query(script, op);
    for (let at = 0; at < unnamed; at++) query(script);
    return last(script)?.failureRiskReason;
  };

  test("where half of the calls are of no named operation", () => {
    expect([riskOf(5, 5, "read"), riskOf(5, 6, "read")]).toEqual([undefined, "unproven_work"]);
  });

  test("where a tenth of them change something at most", () => {
    expect([riskOf(9, 1, "write"), riskOf(8, 1, "write")]).toEqual([undefined, "unproven_work"]);
  });
});
