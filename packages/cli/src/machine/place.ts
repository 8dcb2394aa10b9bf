import { homedir } from "node:os";
import { posix, win32 } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** Everything of a person's machine that installing looks at; tests put another one in its place. */
export interface Place {
  readonly platform: NodeJS.Platform;
  /** The person's home folder. */
  readonly home: string;
  readonly env: Environment;
  /** The project that `--project` speaks of. */
  readonly folder: string;
  readonly caumHome: string;
  /** The Node that wrapped servers are started with first. */
  readonly node: string;
}

export function thisMachine(env: Environment = process.env): Place {
  const home = env.HOME || env.USERPROFILE || homedir();
  const { platform } = process;
  const caumHome = env.CAUM_HOME || pathsOf(platform).join(home, ".caum");
  return { platform, home, env, folder: process.cwd(), caumHome, node: process.execPath };
}

export function pathsOf(platform: NodeJS.Platform): typeof posix {
  return platform === "win32" ? win32 : posix;
}

/**
 * A path of the client table on this machine.
 *
 * `~` is the home folder, `$NAME` or `%NAME%` a variable; an unset one has its usual place below the
 * home folder, or makes the path undefined.
 */
export function expand(template: string, place: Place): string | undefined {
  let isKnown = true;
  const text = template
    .replace(/^~/, () => place.home)
    .replace(/^[%$]([A-Z_]+)%?/, (_match, name: string) => {
      const value = place.env[name] || usualPlace(name, place);
      if (value === undefined) isKnown = false;
      return value ?? "";
    });
  return isKnown ? pathsOf(place.platform).normalize(text) : undefined;
}

function usualPlace(name: string, { platform, home }: Place): string | undefined {
  const usual: Readonly<Record<string, readonly string[]>> = {
    APPDATA: ["AppData", "Roaming"],
    LOCALAPPDATA: ["AppData", "Local"],
    XDG_CONFIG_HOME: [".config"],
  };
  const folders = usual[name];
  return folders && pathsOf(platform).join(home, ...folders);
}
