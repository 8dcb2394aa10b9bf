/**
 * What a hook adds to an empty script under the same Node: the command that `caum install --hooks`
 * registers, with the recorder at work behind it. A shell runs both, as Claude Code does.
 *
 * `npm run bench:hook [-- --rounds N] [--against FOLDER] [--json]`; FOLDER is another checkout,
 * built. Ends with 1 when the target is missed.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { fixed, markdown, median, quantile } from "../mcp-proxy/statistics.ts";

/** Milliseconds that the median hook may take beyond the median empty script. */
const TARGET_MS = 20;

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "100" },
    against: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const root = mkdtempSync(join(tmpdir(), "caum-hook-"));
const homes: string[] = [];
process.on("exit", () => {
  for (const home of homes) endRecorder(home);
  // A recorder that was told to end may still be writing.
  rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
});

interface Way {
  readonly name: string;
  readonly words: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly times: number[];
}

/** A result of 4 KB, as long as what most commands print. */
function event(round: number): string {
  return JSON.stringify({
    session_id: "bench",
    transcript_path: "/home/bench/.claude/projects/bench.jsonl",
    cwd: "/home/bench",
    hook_event_name: "PostToolUse",
    tool_name: "Bash",
    tool_use_id: `call-${round}`,
    tool_input: { command: `cat notes/${round}.txt`, description: "Read the notes" },
    tool_response: { stdout: "as it was, line by line\n".repeat(170), stderr: "" },
  });
}

/** The command of a fresh installation of that checkout. */
function installed(name: string, checkout: string): Way {
  const home = mkdtempSync(join(root, "home-"));
  homes.push(home);
  const env = {
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    HOME: home,
    CAUM_HOME: join(home, ".caum"),
  };
  mkdirSync(join(home, ".claude"));
  const words = ["install", "--client", "claude-code", "--hooks"];
  const caum = resolve(checkout, "packages/cli/bin/caum.js");
  const done = spawnSync(process.execPath, [caum, ...words], { env, cwd: home, encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${checkout}: caum install: ${done.stderr}`);
  const settings = JSON.parse(readFileSync(join(home, ".claude/settings.json"), "utf8"));
  const command: string = settings.hooks.PostToolUse[0].hooks[0].command;
  return { name, words: ["/bin/sh", "-c", command], env, times: [] };
}

/** By a shell too: a client runs every hook by one, whatever it is. */
function empty(): Way {
  const script = join(root, "empty.cjs");
  writeFileSync(script, "");
  const words = ["/bin/sh", "-c", `"${process.execPath}" "${script}"`];
  return { name: "an empty script", words, env: {}, times: [] };
}

function timeOf({ words: [program = "", ...words], env }: Way, input: string): number {
  const startedAt = performance.now();
  const done = spawnSync(program, words, { input, env });
  const time = performance.now() - startedAt;
  if (done.status !== 0) throw new Error(`${program} ended with ${done.status}: ${done.stderr}`);
  return time;
}

function endRecorder(home: string): void {
  try {
    const lock = readFileSync(join(home, ".caum/inbox/recorder.lock"), "utf8");
    process.kill(Number.parseInt(lock, 10));
  } catch {
    // None was started, or it is gone.
  }
}

const bare = empty();
const ours = installed("the hook", join(import.meta.dirname, "../.."));
const others = flags.against ? [installed(`the hook of ${flags.against}`, flags.against)] : [];
const ways = [bare, ...others, ours];
for (const way of ways) timeOf(way, event(0));
for (let round = 1; round <= Number(flags.rounds); round += 1) {
  const order = round % 2 === 0 ? ways : [...ways].reverse();
  for (const way of order) way.times.push(timeOf(way, event(round)));
}

const SHARES = [0, 0.5, 0.9];
const rows = ways.map(({ name, times }) => [
  name,
  ...SHARES.map((share) => fixed(quantile(times, share), 1)),
  ...SHARES.map((share) => fixed(quantile(times, share) - quantile(bare.times, share), 1)),
]);
const head = ["", "best ms", "median", "p90", "best, added", "median, added", "p90, added"];
const added = median(ours.times) - median(bare.times);
const verdict = added <= TARGET_MS ? "pass" : "FAIL";
if (flags.json) {
  const theirs = others.flatMap(({ times }) => times);
  console.log(JSON.stringify({ bare: bare.times, ours: ours.times, theirs }));
} else {
  console.log(markdown(head, rows));
  console.log(`${flags.rounds} rounds; the median hook adds ${fixed(added, 1)} ms: ${verdict}`);
}
process.exitCode = added <= TARGET_MS ? 0 : 1;
