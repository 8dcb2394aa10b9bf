import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hookFacts } from "../../src/doctor/hook-facts.ts";
import { noteHookEvents, noteUnread } from "../../src/hook/inbox/hook-log.ts";
import { installHooks } from "../../src/install/hooks/install-hooks.ts";
import { TemporaryHome } from "../install/temporary-home.ts";

let machine: TemporaryHome;
beforeEach(() => {
  machine = new TemporaryHome();
  mkdirSync(join(machine.root, "u/.codex"));
  installHooks({ clients: ["codex"], dryRun: false, messages: false }, machine.place);
});
afterEach(() => machine.remove());

const HOUR_MS = 3_600_000;
const ran = (atMs: number) => [{ agentId: "codex-mcp-client", atMs }];

test("a hook that never fires is a problem once its client was seen at work, with what to do", () => {
  expect(hookFacts(machine.place, [])).toMatchObject([{ state: "note" }]);
  expect(hookFacts(machine.place, ran(Date.now() - HOUR_MS))).toMatchObject([{ state: "note" }]);
  expect(hookFacts(machine.place, ran(Date.now() + HOUR_MS))).toEqual([
    {
      about: "hooks",
      state: "problem",
      text: "Codex hooks: registered, the client has run since, and no event came: open /hooks in codex and trust them",
    },
  ]);
});

test("a hook that fires is fine, and says what it did not understand", () => {
  const entry = { client: "codex", time: 0, session: "s-1", saying: { kind: "nothing" } } as const;
  noteHookEvents(machine.caumHome, [
    { ...entry, event: "Stop" },
    { ...entry, event: "NewEvent", saying: { kind: "not_understood" } },
  ]);
  const [fact] = hookFacts(machine.place, ran(Date.now() + HOUR_MS));
  expect(fact).toEqual({
    about: "hooks",
    state: "ok",
    text: "Codex hooks: the last event came at 1970-01-01T00:00:00.000Z; not understood: NewEvent",
  });
});

test("events that were damaged are a problem, of whichever client they were", () => {
  noteUnread(machine.caumHome, { client: "codex", count: 1 });
  noteUnread(machine.caumHome, { count: 2 });
  const [fact] = hookFacts(machine.place, []);
  expect(fact).toMatchObject({
    state: "problem",
    text: expect.stringMatching(/^3 events of hooks were damaged/),
  });
});

test("a key that cannot be read is a problem, because hooks then leave nothing", () => {
  const env = { ...machine.place.env, CAUM_DIGEST_KEY: "file:/nowhere" };
  const [fact] = hookFacts({ ...machine.place, env }, []);
  expect(fact).toEqual({
    about: "hooks",
    state: "problem",
    text: expect.stringMatching(/^hooks leave nothing: CAUM_DIGEST_KEY names a file/),
  });
});
