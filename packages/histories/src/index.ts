export { describeFile } from "./describe-file.ts";
export { readHead } from "./files/file-head.ts";
export { type FoundFile, findFiles } from "./files/find-files.ts";
export {
  type FoundHistories,
  findHistories,
  readHistories,
  recognizeFile,
  type Wanted,
} from "./find-histories.ts";
export { FORMATS } from "./formats.ts";
export type {
  FileHead,
  HistoryEvent,
  HistoryFacts,
  HistoryFormat,
  HistorySession,
  Reading,
} from "./history.ts";
export { FORMAT_NAMES, type FormatName } from "./names.ts";
export { type FileProblem, Notes } from "./notes.ts";
export { historyPlaces, type Machine, type Place } from "./places.ts";
export { hashOf, SeenIds } from "./seen-ids.ts";
export { bytesOfSignature } from "./traces/signature-bytes.ts";
