/** Several agents in one session: each is judged by its own steps, the session as the worst of them. */
import { describe, expect, test } from "vitest";
import { Health } from "../../../src/health/health.ts";
import { type CallFacts, Script } from "../families/script.ts";

const by = (agent: string, facts: CallFacts): CallFacts => {
  return { ...facts, more: { agentTag: `x-${agent}` } };
};
const looks = { tool: "read", op: "read", asks: "the one file", answers: "what it says" } as const;
const fresh = (script: Script): CallFacts => {
  return { tool: "edit", op: "write", asks: script.fresh(), answers: script.fresh() };
};

function judge(script: Script) {
  const health = new Health();
  return script.steps.map((step) => health.observe(step));
}

test("an agent that loops stands for the session until everybody has had four turns without it", () => {
  const script = new Script(5);
  for (let time = 0; time < 4; time++) script.call(by("a", looks));
  for (let time = 0; time < 12; time++) script.call(by("b", fresh(script)));
  const classes = judge(script).map(({ publicClass }) => publicClass);
  expect(classes.slice(2, 5)).toEqual(["none", "hard_alert", "hard_alert"]);
  expect([classes.lastIndexOf("hard_alert") + 1, classes.at(-1)]).toEqual([12, "none"]);
});

test("what parallel agents each do once is no repetition, and what one does again is", () => {
  const once = new Script(5);
  for (const agent of "abcd") once.call(by(agent, looks));
  expect(judge(once).at(-1)).toMatchObject({ step: 4, publicClass: "none" });
  const again = new Script(5);
  for (let time = 0; time < 4; time++) {
    for (const agent of "ab") again.call(by(agent, looks));
  }
  const last = judge(again).at(-1);
  expect(last).toMatchObject({ step: 8, publicClass: "hard_alert" });
  expect(last?.pattern).toMatchObject({ rule: "periodic", cycles: 4, tools: ["read"] });
});

test("what is told before any agent is known belongs to the first one that is", () => {
  const script = new Script(5).user("please look").call(by("a", looks));
  for (let time = 0; time < 3; time++) script.call(by("a", looks));
  expect(judge(script).at(-1)).toMatchObject({ step: 4, publicClass: "hard_alert" });
});

test("a new word of the user is heard by every agent", () => {
  const script = new Script(5);
  for (let time = 0; time < 3; time++) {
    for (const agent of "ab") script.call(by(agent, looks));
  }
  script.user("another way, please");
  for (const agent of "ab") script.call(by(agent, looks));
  expect(judge(script).at(-1)?.publicClass).toBe("none");
});

test("a session with several agents goes on where it was saved, with the agent of its latest step", () => {
  const script = new Script(5);
  for (const agent of "abab") script.call(by(agent, fresh(script)));
  for (let time = 0; time < 5; time++) script.call(by("b", looks)).call(by("a", fresh(script)));
  const expected = judge(script);
  for (let at = 0; at <= script.steps.length; at++) {
    let health = new Health();
    const assessments = script.steps.map((step, index) => {
      if (index === at) health = Health.restore(health.save());
      expect(health.steps).toBe(index);
      return health.observe(step);
    });
    expect(assessments).toEqual(expected);
  }
});

describe("handing on", () => {
  const hand = (script: Script, agent: string) =>
    script.call(by(agent, { tool: "hand", op: "end", asks: script.fresh(), answers: "handed on" }));
  const rulesAfter = (write: (script: Script, time: number) => void, times: number) => {
    const script = new Script(5)
      .call(by("a", fresh(new Script(6))))
      .call(by("b", fresh(new Script(7))));
    for (let time = 0; time < times; time++) write(script, time);
    return judge(script).at(-1)?.reasons.join(" ") ?? "";
  };

  test("to each other eight times, with nothing done in between, is a ping-pong", () => {
    const turns = (script: Script, time: number) => hand(script, time % 2 === 0 ? "a" : "b");
    expect(rulesAfter(turns, 7)).not.toContain("ping_pong");
    expect(rulesAfter(turns, 8)).toContain("ping_pong:p2x4");
    expect(rulesAfter(turns, 11)).toContain("ping_pong:p2x5");
  });

  test("by one agent alone is none", () => {
    expect(rulesAfter((script) => hand(script, "a"), 12)).not.toContain("ping_pong");
  });

  test("is none where anybody did something new in between", () => {
    const working = (script: Script, time: number) => {
      if (time % 4 === 3) script.call(by("b", fresh(script)));
      hand(script, time % 2 === 0 ? "a" : "b");
    };
    expect(rulesAfter(working, 12)).not.toContain("ping_pong");
  });

  test("again with the same words is a repeat only where nothing was done since", () => {
    const same = { tool: "hand", op: "end", asks: "please go on with it", answers: "ok" } as const;
    const idle = (script: Script) => script.call(by("a", same));
    const working = (script: Script) => script.call(by("a", same)).call(by("b", fresh(script)));
    expect(rulesAfter(idle, 4)).toContain("periodic:p1x4");
    expect(rulesAfter(working, 8)).not.toContain("periodic");
  });
});
