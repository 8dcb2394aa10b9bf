/**
 * How a server command is started on Windows, where `npx` is a script (npx.cmd) that only cmd.exe can
 * run: the file is looked for along PATH and PATHEXT, and only scripts go through cmd.exe, each
 * argument quoted for it.
 */
import { existsSync } from "node:fs";
import { win32 } from "node:path";

export interface WindowsCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** The arguments are quoted already. */
  readonly verbatim: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_EXTENSIONS = ".COM;.EXE;.BAT;.CMD";
/** What cmd.exe would interpret; a caret takes the meaning away. */
const SPECIAL = /[()[\]%!^"`<>&|;, *?]/g;

export function windowsCommand(
  command: string,
  args: readonly string[],
  env: Environment,
  exists: (file: string) => boolean = existsSync,
): WindowsCommand {
  const file = findOnPath(command, env, exists) ?? command;
  if (!/\.(cmd|bat)$/i.test(file)) return { file, args, verbatim: false };
  const line = [file.replace(SPECIAL, "^$&"), ...args.map(quoteForScript)].join(" ");
  return {
    file: variable(env, "COMSPEC") ?? "cmd.exe",
    args: ["/d", "/s", "/c", `"${line}"`],
    verbatim: true,
  };
}

function findOnPath(
  command: string,
  env: Environment,
  exists: (file: string) => boolean,
): string | undefined {
  const extensions = (variable(env, "PATHEXT") ?? DEFAULT_EXTENSIONS).split(";");
  const endings = win32.extname(command) === "" ? extensions : ["", ...extensions];
  const folders = /[\\/:]/.test(command) ? [""] : (variable(env, "PATH") ?? "").split(";");
  return folders
    .flatMap((folder) => endings.map((ending) => win32.join(folder, command + ending)))
    .find((file) => exists(file));
}

/** Variable names have no case on Windows. */
function variable(env: Environment, name: string): string | undefined {
  const found = Object.keys(env).find((key) => key.toUpperCase() === name);
  return found === undefined ? undefined : env[found];
}

/**
 * One argument for a script: quoted as C programs read it, then escaped twice for cmd.exe, because a
 * script hands its arguments to a second command line.
 */
function quoteForScript(text: string): string {
  const quoted = `"${text.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\*)$/, "$1$1")}"`;
  return quoted.replace(SPECIAL, "^$&").replace(SPECIAL, "^$&");
}
