/**
 * The scripts of CAUM_HOME/bin. `serve` is read by the shell of a wrapped entry and becomes the relay
 * when a look at the files says that everything is as it was installed. `launch` finds out what can
 * be used when it is not; it starts nothing itself, so whatever is wrong with it, the entry can still
 * go on.
 */
import type { Place } from "../machine/place.ts";
import type { NodeFacts } from "./node-facts.ts";
import { shellQuoted } from "./shell-quoted.ts";

export interface RelayFacts {
  /** As the POSIX `cksum` prints them: checksum and size. */
  readonly checksum: string;
  readonly byteLength: number;
}

/** Where Node is looked for when the one of the installation is gone, after PATH. */
export const USUAL_PLACES: readonly string[] = [
  "/opt/homebrew/bin/node",
  "/usr/local/bin/node",
  "/usr/bin/node",
];

/**
 * Has `$0` for its own path and `$1` for the marker of the entry; what follows are the server's words.
 * Comes back when the server should run alone. What was missing is noted (see blind-notes.ts).
 *
 * @param facts of the Node of the place; undefined when it did not run
 */
export function posixServe({ node, caumHome }: Place, facts: NodeFacts | undefined): string {
  const program = shellQuoted(node);
  const libraries = (facts?.libraries ?? []).map((path) => ` && [ -r ${shellQuoted(path)} ]`);
  const isSame = facts
    ? `[ -x ${program} ] && [ ${program} -ot "$0.ok" ] &&
  [ -r "$caum_relay" ] && [ "$caum_relay" -ot "$0.ok" ]${libraries.join("")}`
    : "false";
  return `# Becomes the relay, or comes back: then the server runs alone.
caum_home=${shellQuoted(caumHome)}
caum_relay="$caum_home/bin/relay.cjs"
if ${isSame}; then
  caum_node=${program}
else
  caum_node=$(/bin/sh "$caum_home/bin/launch" 2>/dev/null </dev/null)
  case $? in
    0) ;;
    2) caum_missing=node ;;
    *) caum_missing=relay ;;
  esac
fi
if [ -x "$caum_node" ]; then
  caum_entry=$1
  shift
  exec "$caum_node" "$caum_relay" --home "$caum_home" --entry "$caum_entry" -- "$@"
fi
(printf '{"at":%s,"part":"%s"}\\n' "$(date +%s)" "$caum_missing" >>"$caum_home/blind.ndjson") 2>/dev/null </dev/null
`;
}

/** Prints a Node that can start the relay beside it; fails with 1 for want of a relay, 2 of a Node. */
export function posixLauncher(
  { node, caumHome }: Place,
  relay: RelayFacts,
  usualPlaces: readonly string[] = USUAL_PLACES,
): string {
  return `#!/bin/sh
# Prints the Node that starts the relay beside this file; fails when there is none or the relay is
# not whole. A wrapped server then runs alone.
relay=${shellQuoted(`${caumHome}/bin/relay.cjs`)}
[ "$(cksum <"$relay")" = ${shellQuoted(relay.checksum)} ] || exit 1
works() {
  case "$("$1" --version)" in
    v2[0-9].* | v[3-9][0-9].*) printf '%s\\n' "$1" && exit 0 ;;
  esac
}
for node in ${shellQuoted(node)} "$(command -v node)" ${usualPlaces.join(" ")}; do
  [ -x "$node" ] && works "$node"
done
exit 2
`;
}

/** The size of the relay is all that can be looked at without starting something. */
export function windowsLauncher({ node, caumHome }: Place, { byteLength }: RelayFacts): string {
  const relay = `${caumHome}\\bin\\relay.cjs`;
  const lines = [
    "@echo off",
    "setlocal",
    `for %%I in ("${relay}") do if not "%%~zI"=="${byteLength}" goto alone`,
    `set "CAUM_NODE=${node}"`,
    'if exist "%CAUM_NODE%" goto recorded',
    'set "CAUM_NODE=node"',
    `"%CAUM_NODE%" --check "${relay}" >nul 2>nul <nul && goto recorded`,
    ":alone",
    "endlocal",
    "%*",
    "exit /b %ERRORLEVEL%",
    ":recorded",
    `"%CAUM_NODE%" "${relay}" --home "${caumHome}" -- %*`,
    "exit /b %ERRORLEVEL%",
  ];
  return lines.map((line) => `${line}\r\n`).join("");
}
