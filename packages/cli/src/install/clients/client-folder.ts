import { expand, type Place } from "../../machine/place.ts";

/** Where these keep their files when the variable is not set. */
const USUAL: Readonly<Record<string, string>> = {
  CLAUDE_CONFIG_DIR: "~/.claude",
  CODEX_HOME: "~/.codex",
};

/** The folder of a client's own settings: the client is on this machine when it is there. */
export function clientFolder({ folder }: { readonly folder: string }, place: Place): string {
  const name = /^\$([A-Z_]+)/.exec(folder)?.[1] ?? "";
  const template = place.env[name] === undefined ? (USUAL[name] ?? folder) : folder;
  return expand(template, place) ?? "";
}
