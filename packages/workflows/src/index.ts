export {
  type BucketCounts,
  bucketMiddle,
  bucketOf,
  LogHistogram,
} from "./profile/log-histogram.ts";
export {
  type LoopKind,
  MAX_LOOP_KINDS,
  MAX_MODELS,
  MAX_TOOLS,
  OPERATIONS,
  type SessionProfile,
  type SessionStructure,
  type ToolFigures,
} from "./profile/session-profile.ts";
export {
  type SavedCounter,
  StructureCounter,
  type TakenWith,
} from "./profile/structure-counter.ts";
export { decodeStructure, encodeStructure } from "./profile/structure-text.ts";
