/** The command: the server is started first, everything else comes while it boots. */
import { readCommandLine } from "./command/command-line.ts";
import { HELP, version } from "./command/help.ts";
import { say } from "./command/say.ts";
import { type ServerProcess, startServer } from "./stdio/process/server-process.ts";

const USAGE_EXIT_CODE = 2;

const line = readCommandLine(process.argv.slice(2), process.env);
switch (line.kind) {
  case "stdio":
    joinStdio(startServer(line.command, line.args), line);
    break;
  case "http":
    serveHttp(line);
    break;
  case "help":
    process.stdout.write(`${HELP}\n`);
    break;
  case "version":
    process.stdout.write(`${version}\n`);
    break;
  case "mistake":
    say(line.text);
    process.exitCode = USAGE_EXIT_CODE;
}

/** Evaluated while the server boots: `require`, because an import would come first. */
function joinStdio(server: ServerProcess, request: Extract<typeof line, { kind: "stdio" }>): void {
  // True because the bundler puts that module here.
  const { relayStdio } =
    require("./stdio/stdio-relay.ts") as typeof import("./stdio/stdio-relay.ts");
  relayStdio(server, request);
}

/** In a bundle of its own, so that stdio servers do not pay for it. */
function serveHttp(request: Extract<typeof line, { kind: "http" }>): void {
  // True because bundle.mjs makes this file from that module.
  const { startHttpProxy } = require("./http.cjs") as typeof import("./http/main.ts");
  startHttpProxy(request);
}
