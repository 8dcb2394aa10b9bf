#!/bin/sh
# Zstandard's levels 2 to 12 make lines of digests larger than level 1 does.
#
# Versions:  npm's node 24.21.0 (node:zlib, with Zstandard inside), Linux.
# Expected:  a higher level takes longer and gives less.
# Behaviour: of 256 lines of JSON that differ by a counter, a time, an id and two SHA-256 in
#            hexadecimal digits, level 1 makes fewer bytes than each of the levels 2 to 12; level 12
#            makes 15 % more. Only from level 15 on it is less, by 1 %.
# Output seen:
#            116369 bytes
#            level 1: 23325
#            level 2: 24556
#            level 3: 24739
#            level 4: 27205
#            level 6: 27044
#            level 9: 26899
#            level 12: 26899
#            level 15: 23104
#            as described: levels 2 to 12 are larger than level 1
#
# Exit code: 0 while it behaves so, 1 when that has changed, 2 when it could not be tried.
set -u
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 2
npm install --silent --no-audit --no-fund --prefer-offline --prefix "$folder" \
  node@24.21.0 >/dev/null || exit 2
cat >levels.cjs <<'PROGRAM'
const { createHash } = require("node:crypto");
const { zstdCompressSync, constants } = require("node:zlib");

const digest = (of) => createHash("sha256").update(of).digest("hex");
const lines = Array.from({ length: 256 }, (_, at) =>
  JSON.stringify({
    agentId: "agent",
    category: "tool_api",
    eventId: digest(`id ${at}`).slice(0, 32),
    payload: {
      argumentsBytes: 120,
      argumentsHash: digest(`arguments ${at}`),
      durationMs: 80,
      op: "read",
      resultBytes: 2400,
      resultHash: digest(`result ${at}`),
      seq: at,
      status: "ok",
      toolName: "read_file",
    },
    schemaVersion: "1.0",
    sessionId: "session",
    time: new Date(1.7e12 + at * 1000).toISOString(),
  }),
).join("\n");
console.log(`${lines.length} bytes`);
const sizes = [1, 2, 3, 4, 6, 9, 12, 15].map((level) => {
  const params = { [constants.ZSTD_c_compressionLevel]: level };
  const size = zstdCompressSync(lines, { params }).length;
  console.log(`level ${level}: ${size}`);
  return size;
});
const isSo = sizes.slice(1, 7).every((size) => size > sizes[0]);
console.log(isSo ? "as described: levels 2 to 12 are larger than level 1" : "this has changed");
process.exitCode = isSo ? 0 : 1;
PROGRAM
node_modules/.bin/node levels.cjs
