/** Each kind of loop and of honest work over other tools, paces and words: the kind, not one input. */
import { describe, expect, test } from "vitest";
import { type FieldEvent, judge } from "./field-case.ts";

/** The tools, words and pace that vary; none of them may matter. */
interface Look {
  /** Seconds between two steps. */
  readonly pace: number;
  /** Another word at each call. */
  readonly word: () => string;
  readonly variant: number;
}

type Write = (session: Session, look: Look) => void;

const WORDS = "quartz basalt onyx marble slate flint chalk granite pumice gypsum topaz".split(" ");
const PACES = [2, 5, 9];
const VARIANTS = [0, 1, 2];

class Session {
  readonly events: FieldEvent[] = [];
  #now = 0;

  wait(seconds: number): this {
    this.#now += seconds;
    return this;
  }

  call(event: Omit<FieldEvent, "t">): this {
    this.events.push({ t: this.#now, ...event });
    return this;
  }

  /** Some varied work, as there is before most things. */
  work(steps: number, { pace, word }: Look): this {
    for (let step = 0; step < steps; step++) {
      this.wait(pace * (1 + (step % 3) / 10));
      this.call({ tool: "Read", args: { path: `${word()}/${step}` }, result: text(step, 40) });
    }
    return this;
  }
}

function text(seed: number, words: number): string {
  return Array.from({ length: words }, (_, at) => WORDS[(seed * 7 + at * at + at) % 11]).join(" ");
}

/** Other letters at each call, in a fixed order. */
function letters(seed: number): string {
  let state = seed * 2_654_435_761 + 12_345;
  return Array.from({ length: 12 }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return String.fromCharCode(97 + ((state >>> 16) % 26));
  }).join("");
}

function pick<T>(variant: number, ...choices: readonly [T, ...T[]]): T {
  return choices[variant % choices.length] ?? choices[0];
}

const LOOPS: Readonly<Record<string, { readonly by: number; readonly write: Write }>> = {
  "edits of a text that is not there, ever other ones": {
    by: 9,
    write: (session, { pace, variant, word }) => {
      const tool = pick(variant, "Edit", "str_replace", "apply_patch");
      const result = pick(variant, "old_string not found", "no match was found", "hunk 1 failed");
      const args = { path: "a.ts", old: word(), new: word() };
      session.wait(pace).call({ tool, args, result: `Error: ${result}`, status: "error" });
    },
  },
  "a change that says done, and the file as it was": {
    by: 12,
    write: (session, { pace, variant }) => {
      const path = pick(variant, "/srv/a.html", "b.py", "src/c.rs");
      const tool = pick(variant, "edit", "write_file", "replace");
      session.wait(pace).call({ tool, args: { path, text: "one and the same" }, result: "done" });
      session.wait(pace).call({ tool: "read_file", args: { path }, result: text(3, 60) });
    },
  },
  "ever other changes that say done, and the file as it was": {
    by: 16,
    write: (session, { pace, variant, word }) => {
      const tool = pick(variant, "edit", "write_file", "replace");
      const args = { path: "a.lua", old: `${word()} ${session.events.length}`, new: word() };
      session.wait(pace).call({ tool, args, result: "Replaced 1 of 1." });
      session.wait(pace).call({ tool: "read_file", args: { path: "a.lua" }, result: text(9, 60) });
    },
  },
  "one question with letters by chance": {
    by: 10,
    write: (session, { pace, variant, word }) => {
      const chance = letters(session.events.length) + word();
      const args = pick<unknown>(
        variant,
        { project: "ops", nonce: chance },
        { url: `https://api.example/feed?limit=9&cb=${chance}` },
        { sku: "A-77", request_id: chance },
      );
      const tool = pick(variant, "list_tickets", "fetch", "query_stock");
      session.wait(pace).call({ tool, args, result: '{"items":[],"note":"nothing for this"}' });
    },
  },
  "a job that is over, asked how it stands": {
    by: 14,
    write: (session, { pace, variant }) => {
      const tool = pick(variant, "get_job_status", "BashOutput", "check_build");
      const result = pick(variant, '{"state":"done"}', "<status>completed</status>", "succeeded");
      session.wait(Math.min(pace, 8)).call({ tool, args: { id: "job-18-of-ops" }, result });
    },
  },
  "a click that changes nothing": {
    by: 14,
    write: (session, { pace, variant }) => {
      const tool = pick(variant, "browser_click", "tap", "press_key");
      session.wait(pace).call({ tool, args: { ref: "e42" }, result: "clicked" });
      session.wait(pace).call({ tool: "browser_snapshot", args: {}, result: text(5, 60) });
    },
  },
  "a key without end": {
    by: 10,
    write: (session, { pace, variant }) => {
      const tool = pick(variant, "press_key", "click", "send_keys");
      session.wait(pace).call({ tool, args: { key: "ArrowDown" }, result: "pressed ArrowDown" });
    },
  },
  "two servers that send on to each other": {
    by: 10,
    write: (session, { pace, variant }) => {
      const tool = session.events.length % 2 === 0 ? "mcp__a__get_issue" : "mcp__b__get_page";
      const result = pick(variant, "it is said there", "see the other", text(2, 50));
      session.wait(pace).call({ tool, args: { key: "OPS-41" }, result });
    },
  },
};

const WORK: Readonly<Record<string, { readonly times: number; readonly write: Write }>> = {
  "two things that run, and a sleep": {
    times: 12,
    write: (session, { pace, variant }) => {
      const ask = pick(variant, "gh run view", "kubectl get pod", "aws batch describe-jobs --jobs");
      for (const id of ["71", "72"]) {
        session
          .wait(pace)
          .call({ tool: "Bash", args: { command: `${ask} ${id}` }, result: "runs" });
      }
      session.wait(61).call({ tool: "Bash", args: { command: "sleep 60" }, result: "" });
    },
  },
  "three things that run, looked at in one turn": {
    times: 12,
    write: (session, { variant }) => {
      const tool = pick(variant, "BashOutput", "get_job", "task_status");
      session.wait(31);
      for (const id of ["j1", "j2", "j3"]) {
        const parent = `turn-${session.events.length - Number(id[1])}`;
        session.wait(0.1).call({ tool, args: { id }, result: `${id} runs`, parent });
      }
    },
  },
  "a note, a sleep and a look": {
    times: 12,
    write: (session, { pace, variant }) => {
      const content = pick(variant, "Still running.", "I will wait.", "Not yet.");
      session.wait(pace).call({ role: "assistant", content });
      session.wait(46).call({ tool: "Bash", args: { command: "sleep 45" }, result: "" });
      session.wait(pace).call({ tool: "Bash", args: { command: "tail run.log" }, result: "runs" });
    },
  },
  "a tool that waits until its time is up": {
    times: 10,
    write: (session, { variant }) => {
      const tool = pick(variant, "wait_agent", "poll_task", "await_job");
      const result = pick(variant, '{"timed_out":true}', "still running", "no news in 30 s");
      session.wait(32).call({ tool, args: { id: "a-7" }, result, status: "timeout" });
    },
  },
  "moves that say only ok, and a look": {
    times: 14,
    write: (session, { pace, variant, word }) => {
      const move = pick(variant, "turn_left", "press_key", "click");
      session.wait(pace).call({ tool: move, args: { amount: 90 }, result: "ok" });
      session.wait(pace).call({ tool: "walk", args: { metres: 1 }, result: "ok" });
      const result = `${word()} ${session.events.length}`;
      session.wait(pace).call({ tool: "camera_snapshot", args: {}, result });
    },
  },
  "five times one key": {
    times: 4,
    write: (session, { pace, variant, word }) => {
      const key = pick(variant, "Tab", "ArrowDown", "Backspace");
      for (let time = 0; time < 5; time++) {
        session.wait(pace).call({ tool: "press_key", args: { key }, result: `pressed ${key}` });
      }
      const result = text(session.events.length, 40) + word();
      session.wait(pace).call({ tool: "browser_snapshot", args: {}, result });
    },
  },
  "changes of ever other files by one plan": {
    times: 5,
    write: (session, { pace, variant, word }) => {
      const plan = pick(variant, "plan.md", "SPEC.txt", "notes.md");
      session.wait(pace).call({ tool: "Read", args: { path: plan }, result: text(4, 50) });
      for (let part = 0; part < 3; part++) {
        const args = { path: `${word()}${session.events.length}.ts`, old: word(), new: word() };
        session.wait(pace).call({ tool: "Edit", args, result: "Replaced 1 of 1." });
      }
    },
  },
  "items that each get a label": {
    times: 40,
    write: (session, { pace, variant, word }) => {
      const tool = pick(variant, "label_item", "annotate_row", "tag_photo");
      const args = { id: 1_000 + session.events.length, label: word() };
      session.wait(pace).call({ tool, args, result: pick(variant, "ok", '{"ok":true}', "stored") });
    },
  },
};

function lookOf(pace: number, variant: number): Look {
  let said = variant;
  const word = () => {
    said += 3;
    return `${WORDS[said % 11]}${WORDS[(said * 5) % 11]}`;
  };
  return { pace, variant, word };
}

const LOOKS = PACES.flatMap((pace) => VARIANTS.map((variant) => lookOf(pace, variant)));

describe.each(Object.entries(LOOPS))("a loop: %s", (_name, { by, write }) => {
  test.each(LOOKS)("every $pace s, variant $variant", (look) => {
    const session = new Session().work(3, look);
    for (let time = 0; time < 20; time++) write(session, look);
    const { hard } = judge(session.events);
    expect(hard).toBeGreaterThan(5);
    expect(hard).toBeLessThanOrEqual(3 + by);
  });
});

describe.each(Object.entries(WORK))("work: %s", (_name, { times, write }) => {
  test.each(LOOKS)("every $pace s, variant $variant", (look) => {
    const session = new Session().work(5, look);
    for (let time = 0; time < times; time++) write(session, look);
    session.work(3, look);
    const { hard, fired } = judge(session.events);
    expect({ hard, fired }).toEqual({ hard: undefined, fired: undefined });
  });
});

/** Calls that began before the first was answered are one attempt, also where no turn is known. */
describe("calls of one time", () => {
  const round = (session: Session, at: number, overlap: boolean) => {
    for (const name of ["quartz", "onyx", "slate", "flint", "chalk", "topaz"]) {
      const result = `Error: cancelled with a sibling (${name})`;
      const args = { path: "x.go", old: `${name} ${at}`, new: "b" };
      session.wait(overlap ? 0.1 : 6).call({ tool: "Edit", args, result, status: "error" });
    }
  };

  test("six that failed together are one failure, six in a row are a loop", () => {
    const judgeRounds = (overlap: boolean) => {
      const session = new Session();
      round(session.work(3, lookOf(5, 0)).wait(8), 0, overlap);
      round(session.work(3, lookOf(5, 1)).wait(8), 1, overlap);
      return judge(session.events, overlap ? 2_000 : undefined).hard;
    };
    expect(judgeRounds(true)).toBeUndefined();
    expect(judgeRounds(false)).toBeDefined();
  });
});
