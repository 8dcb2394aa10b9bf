import type { CallFacts, Script } from "./script.ts";

/** A way in which a loop hides. */
export interface LoopFamily {
  /** Writes the loop down, after some ordinary work. */
  readonly write: (script: Script) => void;
  /** Steps of the loop after which it must have been found. */
  readonly within: number;
}

const STEPS: readonly CallFacts[] = Array.from({ length: 12 }, (_, index) => ({
  tool: "read_file",
  op: "read",
  asks: `${"abcdefghijkl"[index]} is the file to read`,
  answers: `${"abcdefghijkl"[index]} is what it says`,
}));

/** The same steps over and over. */
function cycles(period: number, times: number): LoopFamily["write"] {
  return (script) => {
    for (let step = 0; step < period * times; step++) {
      script.call(STEPS[step % period] ?? { tool: "read_file" });
    }
  };
}

function exact(period: number): LoopFamily {
  return { write: cycles(period, 6), within: period === 1 ? 4 : period * 3 };
}

/** Every way known to us in which a loop hides. Each must raise a hard alert. */
export const LOOPS: Readonly<Record<string, LoopFamily>> = {
  "one step": exact(1),
  "two steps": exact(2),
  "three steps": exact(3),
  "four steps": exact(4),
  "five steps": exact(5),
  "six steps": exact(6),
  "seven steps": exact(7),
  "eight steps": exact(8),
  "eleven steps: longer than any period": { write: cycles(11, 3), within: 11 + 8 },
  "known steps in any order": {
    write: (script) => {
      cycles(5, 1)(script);
      for (let step = 0; step < 12; step++)
        script.call(STEPS[script.between(0, 4)] ?? { tool: "" });
    },
    within: 5 + 8,
  },
  "two loops, one woven into the other": {
    write: (script) => {
      for (let step = 0; step < 30; step++) {
        const facts = step % 2 === 0 ? STEPS[(step / 2) % 2] : STEPS[2 + (((step - 1) / 2) % 3)];
        script.call(facts ?? { tool: "" });
      }
    },
    within: 10 + 8,
  },
  "notes between the calls": {
    write: (script) => {
      for (let step = 0; step < 12; step++)
        script.call(STEPS[0] ?? { tool: "" }).say(script.fresh());
    },
    within: 10,
  },
  "something new now and then": {
    write: (script) => {
      for (let round = 0; round < 8; round++) {
        cycles(2, 2)(script);
        script.call({ tool: "grep", op: "search", asks: script.fresh(), answers: script.fresh() });
      }
    },
    within: 25,
  },
  "a counter in the arguments": {
    write: (script) => {
      for (let step = 1; step <= 10; step++) {
        script.call({
          tool: "fetch",
          op: "net",
          asks: `attempt ${step} at the page`,
          answers: "the same page, word for word, as at the last try",
        });
      }
    },
    within: 5,
  },
  "a counter in the arguments of two calls": {
    write: (script) => {
      for (let step = 1; step <= 8; step++) {
        script.call({
          tool: "fetch",
          op: "net",
          asks: `attempt ${step} at the page`,
          answers: "the same page, word for word, as at the last try",
        });
        script.call({
          tool: "parse",
          op: "run",
          asks: `parse of try ${step}`,
          answers: "the same tree as was parsed from the page before",
        });
      }
    },
    within: 8,
  },
  "a counter in the answers of a failing call": {
    write: (script) => {
      for (let step = 1; step <= 12; step++) {
        script.call({
          tool: "build",
          op: "run",
          asks: "build of it all",
          answers: `failed after ${step} s`,
          status: "error",
        });
      }
    },
    within: 5,
  },
  "one error, however it is asked for": {
    write: (script) => {
      for (let step = 1; step <= 8; step++) {
        script.call({
          tool: "query",
          op: "read",
          asks: script.fresh(),
          answers: "syntax error near FROM",
          status: "error",
        });
      }
    },
    within: 5,
  },
  "a change that fails in ever new ways": {
    write: (script) => {
      for (let step = 1; step <= 12; step++) {
        script.call({
          tool: "edit",
          op: "write",
          asks: script.fresh(),
          answers: script.fresh(),
          status: "error",
        });
      }
    },
    within: 8,
  },
  "one change, word for word, whatever it answers": {
    write: (script) => {
      for (let step = 1; step <= 8; step++) {
        script.call({
          tool: "edit",
          op: "write",
          asks: "the very same change",
          answers: script.fresh(),
        });
      }
    },
    within: 5,
  },
  "one message": {
    write: (script) => {
      for (let step = 1; step <= 6; step++) script.say("I am sorry, I cannot do that");
    },
    within: 4,
  },
  "one message, whatever the user says": {
    write: (script) => {
      for (let step = 1; step <= 6; step++) script.say("I cannot do that").user(script.fresh());
    },
    within: 7,
  },
  "two agents who greet each other": {
    write: (script) => {
      for (let step = 1; step <= 6; step++)
        script.say("after you", "planner").say("no, after you", "worker");
    },
    within: 6,
  },
  "a user who nudges with the same words": {
    write: (script) => {
      script.user("go on");
      for (let step = 1; step <= 8; step++) script.call(STEPS[0] ?? { tool: "" }).user("go on");
    },
    within: 9,
  },
  "an error that waits politely": {
    write: (script) => {
      let gapMs = 3_000;
      for (let step = 1; step <= 8; step++) {
        script.call({
          tool: "fetch",
          op: "net",
          asks: "the page of rules",
          answers: "refused",
          status: "denied",
          gapMs,
        });
        gapMs *= 2;
      }
    },
    within: 4,
  },
  "a poll that never ends": {
    write: (script) => {
      for (let step = 1; step <= 64; step++) {
        script.call({
          tool: "job",
          op: "read",
          asks: "status of job x",
          answers: "running",
          gapMs: 60_000,
        });
      }
    },
    within: 60,
  },
  "a change over and over, half a minute apart": {
    write: (script) => {
      for (let step = 1; step <= 8; step++) {
        script.call({
          tool: "save",
          op: "write",
          asks: "the very same change",
          answers: "saved",
          gapMs: 30_000,
        });
      }
    },
    within: 4,
  },
  "two states, nothing else known": {
    write: (script) => {
      for (let step = 1; step <= 12; step++) {
        const more = { stateId: step % 2 === 0 ? "state b" : "state a" };
        script.call({ tool: "browser.get", status: "not_found", more });
      }
    },
    within: 6,
  },
};
