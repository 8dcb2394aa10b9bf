/**
 * The launcher: tells a wrapped entry which Node to use, and fails when the original command should
 * run instead. It starts nothing itself, so whatever is wrong with it, the entry can still go on.
 */
import type { Place } from "../install/place.ts";
import { shellQuoted } from "./shell-quoted.ts";

export interface RelayFacts {
  /** As the POSIX `cksum` prints them: checksum and size. */
  readonly checksum: string;
}

/** Where Node is looked for when the one of the installation is gone, after PATH. */
export const USUAL_PLACES: readonly string[] = [
  "/opt/homebrew/bin/node",
  "/usr/local/bin/node",
  "/usr/bin/node",
];

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
exit 1
`;
}

/** Cannot check the relay's bytes without another program, so it asks Node to compile it. */
export function windowsLauncher({ node, caumHome }: Place): string {
  const relay = `${caumHome}\\bin\\relay.cjs`;
  const lines = [
    "@echo off",
    "setlocal",
    `set "CAUM_NODE=${node}"`,
    `"%CAUM_NODE%" --check "${relay}" >nul 2>nul <nul && goto recorded`,
    'set "CAUM_NODE=node"',
    `"%CAUM_NODE%" --check "${relay}" >nul 2>nul <nul && goto recorded`,
    "endlocal",
    "%*",
    "exit /b %ERRORLEVEL%",
    ":recorded",
    `"%CAUM_NODE%" "${relay}" --home "${caumHome}" -- %*`,
    "exit /b %ERRORLEVEL%",
  ];
  return lines.map((line) => `${line}\r\n`).join("");
}
