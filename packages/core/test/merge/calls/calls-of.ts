import { SessionKeys } from "../../../src/capture/keys/session-keys.ts";
import { digestCall } from "../../../src/capture/observation/digest-call.ts";
import type { ToolObservation } from "../../../src/capture/observation/observation.ts";
import type { Layer } from "../../../src/capture/record.ts";
import { ToolCalls } from "../../../src/merge/calls/tool-calls.ts";

const secret = new Uint8Array(32).fill(7);
const keys = new SessionKeys({ id: "test", origin: "file", sessionKey: () => secret }, "session");

/** The call as it is kept while it is open. */
export function digested(call: ToolObservation): ToolObservation {
  return digestCall(call, { keys, hashNames: false });
}

/** The calls of one layer, a clock that is set by hand, what came out, and how often values were read. */
export function callsOf(layer: Layer = "framework") {
  const seen: ToolObservation[] = [];
  const clock = { now: 1_000 };
  const reads = { count: 0 };
  const calls = new ToolCalls({
    layer,
    clock: () => clock.now,
    digest: (_session, call) => {
      reads.count += 1;
      return digested(call);
    },
    emit: (_session, call) => seen.push(call),
  });
  const statuses = () => seen.map(({ status }) => status);
  return { calls, seen, clock, reads, statuses };
}
