import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Whether all that a session of this client can do is to call this server: the client has no tools of
 * its own, its file names no other server, and none is installed beside it.
 *
 * Looked at when recording begins, because people add servers after the installation. What cannot be
 * read, or is not what was installed, says no.
 *
 * @param entry the marker of the wrapped entry
 * @param clientName what the client calls itself
 * @param home CAUM_HOME, where the installation notes which files are of such clients
 */
export function isOnlyServer(
  entry: string | undefined,
  clientName: string | undefined,
  home: string,
): boolean {
  if (entry === undefined || clientName === undefined) return false;
  try {
    const { files } = JSON.parse(readFileSync(join(home, "installed.json"), "utf8"));
    return files.some((file: InstalledFile) => {
      return file.noOtherTools?.clientName === clientName && holdsOnly(file, entry);
    });
  } catch {
    return false;
  }
}

/** What the installation notes of a file, as far as it is asked for here. */
interface InstalledFile {
  readonly path: string;
  readonly noOtherTools?: {
    readonly clientName: string;
    readonly servers: string;
    readonly unless: string;
  };
}

function holdsOnly({ path, noOtherTools }: InstalledFile, entry: string): boolean {
  if (!noOtherTools) return false;
  const { [noOtherTools.servers]: servers } = JSON.parse(readFileSync(path, "utf8"));
  const [only, ...others] = Object.values<{ readonly args: readonly string[] }>(servers);
  if (others.length > 0 || !only?.args.includes(entry)) return false;
  const folder = join(dirname(path), noOtherTools.unless);
  return !existsSync(folder) || readdirSync(folder).length === 0;
}
