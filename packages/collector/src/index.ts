export { type Collector, startCollector } from "./collector.ts";
export type { CollectorOptions } from "./collector-options.ts";
export { DEFAULT_PORT } from "./make-services.ts";
export {
  type Migration,
  type MigrationOptions,
  type MigrationProgress,
  migrateFolder,
} from "./migrate/migrate-folder.ts";
export { MigrationError, type MigrationFault } from "./migrate/migration-error.ts";
export { readFirstKeys } from "./open-store.ts";
export {
  type Backup,
  BackupError,
  backUpFolder,
  backUpKeys,
  restoreFolder,
} from "./operation/backup.ts";
export { FolderInUseError } from "./store/sqlite/folder-lock.ts";
export { vkeysIn } from "./witness/log-keys.ts";
export {
  startWitness,
  type Witness,
  type WitnessOptions,
} from "./witness/witness.ts";
export type { WitnessEvent } from "./witness/witness-server.ts";
