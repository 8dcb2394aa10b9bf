import type { Script } from "./script.ts";

/** Work through a list, and looks at a gauge: much alike, and never a loop. */
export const HONEST_LISTS: Readonly<Record<string, (script: Script) => void>> = {
  "deletes by UUID, one answer": (script) => {
    for (let item = 1; item <= 20; item++) {
      script.call({
        tool: "delete_row",
        op: "write",
        asks: `{"id":"${script.uuid()}"}`,
        answers: '{"deleted":true}',
      });
    }
  },
  "an unnamed operation by UUID, one answer": (script) => {
    for (let item = 1; item <= 20; item++) {
      script.call({ tool: "archive", asks: `{"id":"${script.uuid()}"}`, answers: "archived" });
    }
  },
  "reads by UUID, one brief answer": (script) => {
    for (let item = 1; item <= 20; item++) {
      script.call({
        tool: "get_user",
        op: "read",
        asks: `{"id":"${script.uuid()}"}`,
        answers: '{"active":true}',
      });
    }
  },
  "an upload in chunks, each with its request id": (script) => {
    for (let chunk = 1; chunk <= 20; chunk++) {
      script.call({
        tool: "upload",
        op: "write",
        asks: `big.tar, request ${script.uuid()}`,
        answers: "accepted: the chunk has been stored by the server",
      });
    }
  },
  "numbered checks with one brief answer": (script) => {
    for (let file = 1; file <= 20; file++) {
      script.call({
        tool: "bash",
        op: "test",
        asks: `jsonlint data/${file}.json`,
        answers: "valid",
      });
    }
  },
  "a calendar, day after day, with no free slot": (script) => {
    for (let day = 1; day <= 20; day++) {
      script.call({
        tool: "calendar.free",
        op: "read",
        asks: `{"date":"2025-02-${day}","person":"ana"}`,
        answers: '{"slots":[]}',
      });
    }
  },
  "a gauge whose number moves": (script) => {
    for (let look = 1; look <= 16; look++) {
      script.call({
        tool: "bash",
        op: "run",
        asks: "nvidia-smi --query-gpu=memory.used",
        answers: `${script.between(1_000, 9_999)} MiB`,
      });
    }
  },
  "a count that comes nearer to its end": (script) => {
    for (let look = 1; look <= 16; look++) {
      script.call({
        tool: "bash",
        op: "search",
        asks: "grep -c done build/output.log",
        answers: String(40 + 13 * look),
      });
    }
  },
  "told to come back later, and later each time": (script) => {
    for (let item = 1; item <= 3; item++) {
      const asks = `page ${item} of the items of the shop`;
      for (let gapMs = 2_000; gapMs <= 64_000; gapMs *= 2) {
        const answers = "429 too many requests";
        script.call({ tool: "get", op: "net", asks, answers, status: "rate_limited", gapMs });
      }
      script.call({ tool: "get", op: "net", asks, answers: script.fresh() });
    }
  },
  "a change told to come back later": (script) => {
    for (let gapMs = 2_000; gapMs <= 64_000; gapMs *= 2) {
      const asks = "the whole order of the shop";
      const answers = "429 too many requests";
      script.call({ tool: "post", op: "write", asks, answers, status: "rate_limited", gapMs });
    }
  },
};
