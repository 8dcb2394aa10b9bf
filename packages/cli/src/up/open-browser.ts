import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** As long as the link in it. */
const KEPT_MS = 60_000;

const OPENERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

/**
 * Opens the sign-in link in the user's browser, where there is one.
 *
 * The link goes through a file that only this user can read: words of a command line are shown to
 * everybody on the machine.
 *
 * @param folder where the file lies for a minute
 */
export function openBrowser(link: string, folder: string): void {
  const file = join(folder, "open.html");
  const page = `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${link}">`;
  const [command = "xdg-open", ...words] = OPENERS[process.platform] ?? ["xdg-open"];
  try {
    rmSync(file, { force: true });
    writeFileSync(file, page, { mode: 0o600, flag: "wx" });
    setTimeout(() => rmSync(file, { force: true }), KEPT_MS).unref();
    const child = spawn(command, [...words, addressOf(file)], {
      stdio: "ignore",
      detached: true,
    });
    // Without a desktop there is nothing to open, and the link stands in the terminal.
    child.on("error", () => undefined);
    child.unref();
  } catch {
    // As above.
  }
}

/** Without signs at which a Windows command line would end or divide: folders may have them. */
export function addressOf(file: string): string {
  const encoded = (sign: string) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
  return pathToFileURL(file).href.replace(/[&,;=()!']/g, encoded);
}
