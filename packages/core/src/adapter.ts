/** `@caum/core/adapter`: for who turns what a host says into observations. */

// An observer that a host can be given.

export {
  Adapter,
  type AdapterOptions,
  type Diagnostic,
  installedVersion,
} from "./merge/adapter.ts";
export { clientVersion } from "./wire/client-version.ts";

// One event of each call and turn, whoever sees it: merge.

export { CallMerger } from "./merge/call-merger.ts";
export type { CallFacts, CallKey, CallOutcome } from "./merge/calls/call-facts.ts";
export { outcomeOfFailure } from "./merge/failure.ts";
export { processRegistry } from "./merge/process/process-registry.ts";
export { RecentMap } from "./merge/process/recent-map.ts";
export type { TurnKey, TurnOutcome } from "./merge/turns.ts";

// Which session running code belongs to.

export { isJoinedSessionId, joinedSessionId } from "./capture/joined-session.ts";
export { currentSession, enterSession, withSession } from "./merge/process/current-session.ts";
export type { CurrentSession } from "./merge/process/process-registry.ts";

// Model clients, read as their bytes pass: wire.

export { endModelSession, type ModelPass, observeModelClient } from "./wire/model-observer.ts";
export { observeCopies } from "./wire/observed-copies.ts";

// What of a value, a name and a price is kept.

export { parseJson, plainOfText } from "./capture/foreign-json.ts";
export { SessionKeys } from "./capture/keys/session-keys.ts";
export { labelOf, ownLabelOf } from "./capture/label.ts";
export { digestTurn, keyCall } from "./capture/observation/digest-call.ts";
export { payloadOf } from "./capture/observation/payload-of.ts";
export { costOf, type PriceTable } from "./capture/price-table.ts";
export { OPS, type PayloadDraft, STATUSES, VIEWS } from "./capture/record.ts";
export type { Shape } from "./capture/shape/shape.ts";
