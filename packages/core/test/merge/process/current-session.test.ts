import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import {
  currentSession,
  enterSession,
  withSession,
} from "../../../src/merge/process/current-session.ts";

test("withSession names the session of what it runs, also after an await, and of nothing else", async () => {
  const ids: (string | undefined)[] = [currentSession()?.id];
  const done = withSession("outer", async () => {
    await sleep(1);
    ids.push(currentSession()?.id);
    withSession("inner", () => ids.push(currentSession()?.id));
    ids.push(currentSession()?.id);
    return "done";
  });
  ids.push(currentSession()?.id);
  expect(await done).toBe("done");
  expect(ids).toEqual([undefined, undefined, "outer", "inner", "outer"]);
});

test("code that goes on after the work it was entered for is part of what was around it", async () => {
  await withSession("outer", async () => {
    const first = enterSession({ id: "first", agent: "planner" });
    expect(currentSession()).toMatchObject({ id: "first", agent: "planner", isOver: false });
    const second = enterSession({ id: "second" });
    first.isOver = true;
    expect(currentSession()?.id).toBe("second");
    // What the first began in is over as well when the second ends.
    second.isOver = true;
    expect(currentSession()?.id).toBe("outer");
  });
  expect(currentSession()).toBeUndefined();
});
