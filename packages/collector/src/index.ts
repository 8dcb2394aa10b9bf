export {
  type Collector,
  type CollectorOptions,
  DEFAULT_PORT,
  startCollector,
} from "./collector.ts";
export { FolderInUseError } from "./store/sqlite/folder-lock.ts";
