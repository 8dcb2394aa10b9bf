import { expect, test } from "vitest";
import { nearestSessions } from "../../src/index.ts";
import { loopOf, sessionOf } from "./profile-of.ts";

const FIX = ["read open", "write edit", "test run", "write edit", "test run"] as const;
const READING = ["read open", "read cat", "search grep", "read open", "read cat"] as const;
const idsOf = (near: ReturnType<typeof nearestSessions>) =>
  near.map(({ profile }) => profile.sessionId);

test("sessions that are built alike come first", () => {
  const stuck = { loopKinds: [loopOf(["edit", "run"])] };
  const session = sessionOf("mine", FIX, {}, stuck);
  const profiles = [
    sessionOf("reading", READING),
    sessionOf("fix", FIX),
    sessionOf("stuck too", [...FIX, "write edit"], {}, stuck),
  ];
  const near = nearestSessions(session, { profiles, limit: 10 });
  expect(idsOf(near)).toEqual(["stuck too", "fix", "reading"]);
  expect(near[0]?.distance).toBeLessThan(0.2);
  expect(near[2]?.distance).toBeGreaterThan(0.8);
});

test("the session itself and sessions without a step are not near to it", () => {
  const session = sessionOf("mine", FIX);
  const profiles = [session, sessionOf("empty", []), sessionOf("other", READING)];
  expect(idsOf(nearestSessions(session, { profiles, limit: 10 }))).toEqual(["other"]);
  expect(nearestSessions(sessionOf("empty", []), { profiles, limit: 10 })).toEqual([]);
});

test("of equally near sessions the latest come first, and no more than were asked for", () => {
  const profiles = [1, 4, 2, 3, 3].map((endedMs, at) => sessionOf(`s${at}`, FIX, { endedMs }));
  const near = nearestSessions(sessionOf("mine", FIX), { profiles, limit: 4 });
  expect(idsOf(near)).toEqual(["s1", "s3", "s4", "s2"]);
});
