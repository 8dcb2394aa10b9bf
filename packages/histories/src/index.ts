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
export {
  type FileHead,
  FORMAT_NAMES,
  type FormatName,
  type HistoryEvent,
  type HistoryFacts,
  type HistoryFormat,
  type HistorySession,
  type Reading,
} from "./history.ts";
export { type FileProblem, Notes } from "./notes.ts";
export { historyPlaces, type Machine, type Place } from "./places.ts";
export { hashOf, SeenIds } from "./seen-ids.ts";
