/** One relay in front of a server that speaks HTTP; what it is told comes from who started it. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export interface RelayTask {
  readonly url: string;
  readonly listen: string;
  readonly entry: string;
  readonly home: string;
}

const require = createRequire(import.meta.url);
let isEnding = false;

process.once("SIGTERM", () => {
  isEnding = true;
});
// Whoever keeps it is gone: the port is to be free for the next.
process.once("disconnect", () => {
  if (!isEnding) process.kill(process.pid, "SIGTERM");
});
process.once("message", ({ url, listen, entry, home }: RelayTask) => {
  const folder = dirname(require.resolve("@caum/mcp-proxy/package.json"));
  // True because the build of that package makes the file from that module.
  const { startHttpProxy } = require(join(folder, "dist", "http.cjs")) as HttpModule;
  const hashNames = process.env.CAUM_HASH_NAMES === "1";
  startHttpProxy({ url, listen, options: { home, entry, hashNames, record: true } });
});

interface HttpModule {
  readonly startHttpProxy: (request: {
    readonly url: string;
    readonly listen: string;
    readonly options: Pick<RelayTask, "home" | "entry"> & {
      readonly hashNames: boolean;
      readonly record: boolean;
    };
  }) => void;
}
