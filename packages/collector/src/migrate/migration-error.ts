export type MigrationFault =
  | "no_folder"
  | "other_layout"
  | "no_keys"
  | "unreachable"
  | "not_empty"
  | "already_moved"
  | "differs";

/** A folder that cannot be moved, or a database that does not hold what the folder holds. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
  readonly fault: MigrationFault;

  constructor(fault: MigrationFault, message: string) {
    super(message);
    this.fault = fault;
  }
}
