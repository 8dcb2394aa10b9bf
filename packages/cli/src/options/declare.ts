/** The options that many commands have, declared once. */
import { Option } from "commander";

/** What stands on the command line of those that a command has. */
export interface SharedFlags {
  readonly url?: string | undefined;
  readonly key?: string | undefined;
  readonly home?: string | undefined;
  readonly json?: boolean | undefined;
}

/** @param what what is printed, where it is not one result */
export function jsonOption(what = "print the result as JSON"): Option {
  return new Option("--json", what);
}

export function homeOption(): Option {
  return new Option("--home <folder>", "CAUM_HOME");
}

/** @param last what is asked when no collector is configured */
export function urlOption(last = ""): Option {
  return new Option("--url <url>", `the collector (default: CAUM_URL, config.json${last})`);
}

/** @param last as above */
export function keyOption(last = ""): Option {
  const own = last === "" ? "" : `${last}'s own`;
  return new Option("--key <key>", `API key (default: CAUM_API_KEY, config.json${own})`);
}

/** For commands that ask the collector of this machine when none is configured. */
export const HERE = ", this machine";

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
