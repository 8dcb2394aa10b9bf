/** Who is measured against whom. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const here = import.meta.dirname;
const node = process.execPath;
const DIST = "packages/mcp-proxy/dist/relay.cjs";
const PROXY = join(here, "../..", DIST);
const at = process.argv.indexOf("--against");
/** The proxy of another checkout. */
const OTHER = at < 0 ? undefined : join(process.argv[at + 1] ?? "", DIST);

const homes = mkdtempSync(join(tmpdir(), "caum-bench-"));
process.on("exit", () => rmSync(homes, { recursive: true, force: true }));

/** A home that no relay before has left anything in. */
function freshHome(): string {
  return mkdtempSync(join(homes, "home-"));
}

/** One that reports to a collector which is not there. */
function homeWithoutCollector(): string {
  const home = freshHome();
  const settings = { url: "http://127.0.0.1:9", apiKey: "caum_test_bench" };
  writeFileSync(join(home, "config.json"), JSON.stringify(settings), { mode: 0o600 });
  return home;
}

export const EMPTY_SCRIPT = [node, join(here, "relays/empty.cjs")];
export const ECHO_SERVER = [node, join(here, "parties/echo-server.mjs")];
export const SDK_SERVER = [node, join(here, "parties/sdk-server.mjs")];
export const HTTP_SERVER = [node, join(here, "parties/http-server.mjs")];

export interface Relay {
  readonly name: string;
  /** The command that stands for the server's. */
  readonly around: (server: readonly string[]) => readonly string[];
}

const script = (file: string) => join(here, "relays", file);

export const DIRECT: Relay = { name: "direct", around: (server) => server };
export const NODE_PIPE: Relay = {
  name: "Node pipe",
  around: (server) => [node, script("node-pipe.cjs"), ...server],
};
export const OURS: Relay = recordingOf();

/** The proxy with recording, as built in a checkout; in this one when none is named. */
export function recordingOf(checkout?: string): Relay {
  const proxy = checkout === undefined ? PROXY : join(checkout, DIST);
  const name = checkout === undefined ? "caum, recording" : "other, recording";
  return { name, around: (server) => [node, proxy, "--home", freshHome(), "--", ...server] };
}

/** The same as a reverse proxy: the command that is given the upstream's URL. */
export function httpRecordingOf(checkout?: string): readonly string[] {
  const proxy = checkout === undefined ? PROXY : join(checkout, DIST);
  return [node, proxy, "--home", freshHome(), "--http"];
}

export const OURS_SILENT: Relay = {
  name: "caum, relay only",
  around: (server) => [node, PROXY, "--no-record", "--", ...server],
};
const OURS_CUT_OFF: Relay = {
  name: "caum, collector down",
  around: (server) => [node, PROXY, "--home", homeWithoutCollector(), "--", ...server],
};
const CAT: Relay = {
  name: "cat both ways",
  around: (server) => ["sh", "-c", `cat | ${server.join(" ")} | cat`],
};
const SDK: Relay = {
  name: "SDK transports",
  around: (server) => [node, script("sdk-relay.mjs"), ...server],
};

/** As built in another checkout, when one is given. */
export const THEIRS: readonly Relay[] = OTHER
  ? [
      {
        name: "other, relay only",
        around: (server) => [node, OTHER, "--no-record", "--", ...server],
      },
      recordingOf(process.argv[at + 1]),
    ]
  : [];

export const STDIO_RELAYS: readonly Relay[] = [
  DIRECT,
  CAT,
  NODE_PIPE,
  OURS_SILENT,
  OURS,
  OURS_CUT_OFF,
  ...THEIRS,
  SDK,
];
/** Those that carry lines of any length. */
export const LARGE_RELAYS: readonly Relay[] = [
  DIRECT,
  CAT,
  NODE_PIPE,
  OURS_SILENT,
  OURS,
  ...THEIRS,
];

/** Reverse proxies: the command that is given the upstream's URL and tells its port. */
export const HTTP_RELAYS: readonly { readonly name: string; readonly command: string[] }[] = [
  { name: "TCP relay", command: [node, script("tcp-relay.mjs")] },
  { name: "plain node:http", command: [node, script("http-relay.mjs")] },
  { name: "caum, relay only", command: [node, PROXY, "--no-record", "--http"] },
  { name: "caum, recording", command: [node, PROXY, "--home", freshHome(), "--http"] },
  ...(OTHER
    ? [
        { name: "other, relay only", command: [node, OTHER, "--no-record", "--http"] },
        { name: "other, recording", command: [node, OTHER, "--home", freshHome(), "--http"] },
      ]
    : []),
];
