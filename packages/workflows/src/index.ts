export {
  type LoopKind,
  MAX_LOOP_KINDS,
  MAX_MODELS,
  MAX_TOOLS,
  type SessionProfile,
  type SessionStructure,
  type ToolFigures,
} from "./profile/session-profile.ts";
