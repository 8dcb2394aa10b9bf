import type { Script } from "./script.ts";

/** Every way known to us in which honest work looks like a loop. None may raise a hard alert. */
export const HONEST: Readonly<Record<string, (script: Script) => void>> = {
  "pages by number": (script) => {
    const what = script.fresh();
    for (let page = 1; page <= 20; page++) {
      script.call({
        tool: "list",
        op: "read",
        asks: `${what} page ${page}`,
        answers: script.fresh(),
      });
    }
  },
  "pages by cursor": (script) => {
    for (let page = 1; page <= 20; page++) {
      script.call({ tool: "list", op: "read", asks: script.fresh(), answers: script.fresh() });
    }
  },
  "pages without arguments": (script) => {
    for (let page = 1; page <= 20; page++) {
      script.call({ tool: "scroll_down", op: "read", asks: "{}", answers: script.fresh() });
    }
  },
  "a wizard: next, next, next": (script) => {
    for (let screen = 1; screen <= 12; screen++) {
      script.call({
        tool: "click",
        op: "other",
        asks: '{"id":"next"}',
        answers: `screen ${screen} ${script.fresh()}`,
      });
    }
  },
  "a batch of changes with one answer": (script) => {
    for (let item = 1; item <= 25; item++) {
      script.call({
        tool: "create",
        op: "write",
        asks: `item number ${item} of the list`,
        answers: "created",
      });
    }
  },
  "a batch of changes by an unnamed operation": (script) => {
    for (let item = 1; item <= 25; item++) {
      script.call({
        tool: "submit_row",
        asks: `item number ${item} of the list`,
        answers: "accepted",
      });
    }
  },
  "read one, change one": (script) => {
    for (let item = 1; item <= 12; item++) {
      script.call({
        tool: "read_file",
        op: "read",
        asks: `file ${item} of many`,
        answers: script.fresh(),
      });
      script.call({ tool: "edit", op: "write", asks: script.fresh(), answers: "done" });
    }
  },
  "lookups that find nothing": (script) => {
    for (let item = 1; item <= 15; item++) {
      script.call({ tool: "find_user", op: "read", asks: `user number ${item}`, answers: "[]" });
    }
  },
  "names that do not exist": (script) => {
    for (let item = 1; item <= 12; item++) {
      script.call({
        tool: "open",
        op: "read",
        asks: script.fresh(),
        answers: "there is no such file here",
        status: "not_found",
      });
    }
  },
  "searches without a hit that exit with 1": (script) => {
    for (let item = 1; item <= 8; item++) {
      script.call({
        tool: "bash",
        op: "search",
        asks: script.fresh(),
        answers: "",
        status: "error",
      });
    }
  },
  "change and test, the test says new things": (script) => {
    const test = script.fresh();
    for (let round = 1; round <= 15; round++) {
      script.call({ tool: "edit", op: "write", asks: script.fresh(), answers: "done" });
      const answers = `${script.between(1, 40)} of 40 failed, see the log`;
      script.call({ tool: "bash", op: "test", asks: test, answers, status: "error" });
    }
  },
  "change and test, the test says the same": (script) => {
    const test = script.fresh();
    for (let round = 1; round <= 15; round++) {
      script.call({ tool: "edit", op: "write", asks: script.fresh(), answers: "done" });
      script.call({
        tool: "bash",
        op: "test",
        asks: test,
        answers: "3 of 40 failed",
        status: "error",
      });
    }
  },
  "sleep and look": (script) => {
    poll(script, 11, () => {
      script.call({
        tool: "bash",
        op: "wait",
        asks: "sleep 30 # wait for it",
        answers: "",
        gapMs: 30_000,
      });
      script.call({
        tool: "job",
        op: "read",
        asks: "status of job x",
        answers: "running",
        gapMs: 1_200,
      });
    });
  },
  "look, less and less often": (script) => {
    let gapMs = script.between(1_200, 5_000);
    const factor = script.between(130, 250) / 100;
    poll(script, 11, () => {
      script.call({ tool: "job", op: "read", asks: "status of job x", answers: "running", gapMs });
      gapMs = Math.min(60_000, Math.round(gapMs * factor));
    });
  },
  "look, less and less often, up to a cap": (script) => {
    let gapMs = script.between(2_000, 4_000);
    poll(script, 12, () => {
      script.call({ tool: "job", op: "read", asks: "status of job x", answers: "running", gapMs });
      gapMs = Math.min(20_000, gapMs * 2);
    });
  },
  "look every half minute": (script) => {
    // Without any work before, nobody knows what is seldom for this session.
    script.work(3);
    poll(script, 12, () => {
      const gapMs = script.between(25_000, 40_000);
      script.call({ tool: "job", op: "read", asks: "status of job x", answers: "running", gapMs });
    });
  },
  "look at progress": (script) => {
    for (let part = 1; part <= 20; part++) {
      script.call({
        tool: "job",
        op: "read",
        asks: "status of job x",
        answers: `${part * 5} % done`,
      });
    }
  },
  "the same check between real steps": (script) => {
    for (let round = 1; round <= 10; round++) {
      script.work(script.between(2, 4));
      script.call({
        tool: "bash",
        op: "vcs",
        asks: "git status of the tree",
        answers: "nothing to commit",
      });
    }
  },
  "a flaky tool that succeeds at the third try": (script) => {
    for (let round = 1; round <= 8; round++) {
      const asks = script.fresh();
      const status = script.pick(["timeout", "rate_limited", "error"] as const);
      for (let attempt = 1; attempt <= script.between(1, 3); attempt++) {
        script.call({ tool: "fetch", op: "net", asks, answers: "try again later, please", status });
      }
      script.call({ tool: "fetch", op: "net", asks, answers: script.fresh() });
      script.work(script.between(1, 3));
    }
  },
  "equal calls side by side": (script) => {
    for (let round = 1; round <= 4; round++) {
      const facts = {
        tool: "roll",
        op: "read",
        asks: "one twenty-sided die",
        answers: "rolled",
      } as const;
      const more = { parentEventId: `turn-${round}` };
      for (let hand = 1; hand <= 6; hand++) script.call({ ...facts, more });
      script.work(3);
    }
  },
  "a user who asks again and again": (script) => {
    for (let round = 1; round <= 10; round++) {
      script.user(script.fresh());
      script.call({
        tool: "get_order",
        op: "read",
        asks: "order number 4711",
        answers: "on its way to you",
      });
      script.say(script.fresh());
    }
  },
  "going back to what was read before": (script) => {
    const files = [script.fresh(), script.fresh(), script.fresh()] as const;
    for (let round = 1; round <= 12; round++) {
      const asks = script.pick(files);
      script.call({ tool: "read_file", op: "read", asks, answers: `content of ${asks}` });
      script.work(script.between(1, 3));
    }
  },
  "do and undo": (script) => {
    for (let round = 1; round <= 10; round++) {
      script.call({ tool: "edit", op: "write", asks: script.fresh(), answers: "done" });
      script.call({ tool: "undo", op: "write", asks: "{}", answers: "undone" });
    }
  },
  "several agents read the same page": (script) => {
    for (const agentTag of ["x-1", "x-2", "x-3", "x-4", "x-5", "x-6"]) {
      const facts = {
        tool: "read_page",
        op: "read",
        asks: "the page of rules",
        answers: "rules",
      } as const;
      script.call({ ...facts, more: { agentTag } });
    }
  },
  "one tool name on several servers": (script) => {
    for (const serverTag of ["x-1", "x-2", "x-3", "x-4", "x-5", "x-6"]) {
      const facts = {
        tool: "list_tables",
        op: "read",
        asks: "all of the tables",
        answers: "none",
      } as const;
      script.call({ ...facts, more: { serverTag } });
    }
  },
  "a note that work goes on": (script) => {
    for (let round = 1; round <= 10; round++) script.work(2).say("still at it");
  },
  "a user who says nothing but go on": (script) => {
    for (let round = 1; round <= 12; round++) script.user("go on").work(script.between(1, 3));
  },
  "three readings of three meters, changing": (script) => {
    for (let round = 1; round <= 10; round++) {
      for (const meter of ["north", "south", "east"]) {
        const answers = `${script.between(1, 9_999)} units, as of now`;
        script.call({ tool: "meter", op: "read", asks: `the ${meter} meter`, answers });
      }
    }
  },
  "a plan that is ticked off": (script) => {
    for (let item = 1; item <= 12; item++) {
      script.call({ tool: "todo", op: "plan", asks: script.fresh(), answers: "" }).work(1);
    }
  },
  "a clock that is set back": (script) => {
    for (let round = 1; round <= 5; round++) {
      script.work(3).call({
        tool: "date",
        op: "run",
        asks: script.fresh(),
        answers: script.fresh(),
        gapMs: -3_600_000,
      });
    }
  },
  "nothing but ordinary work": (script) => {
    script.work(40);
  },
};

/** A poll whose answer comes at last. */
function poll(script: Script, cycles: number, look: () => void): void {
  for (let cycle = 0; cycle < script.between(4, cycles); cycle++) look();
  script.call({ tool: "job", op: "read", asks: "status of job x", answers: script.fresh() });
}
