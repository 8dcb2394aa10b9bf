import { homedir } from "node:os";
import { join } from "node:path";

/** CAUM_HOME as far as it is known before the configuration is read. */
export function homeFolder(home: string | undefined): string {
  return home ?? (process.env.CAUM_HOME || join(homedir(), ".caum"));
}
