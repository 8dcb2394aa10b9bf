#!/usr/bin/env node
// A server that answers at once: what it takes to start is Node alone.
process.stdin.on("data", (chunk) => {
  for (const line of chunk.toString().split("\n")) {
    if (line === "") continue;
    const { id, params } = JSON.parse(line);
    if (id === undefined) continue;
    const { protocolVersion } = params;
    const serverInfo = { name: "start", version: "1" };
    const result = { protocolVersion, capabilities: {}, serverInfo };
    process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, result })}\n`);
  }
});
