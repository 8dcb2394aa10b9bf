/** What V8 made of the recorder is kept for the next process, and nothing depends on it. */
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { callsIn, eventually, recordsAreIn } from "./kept.ts";
import { outcomeOf, RAW_SERVER, send, start, temporaryHome } from "./stdio-party.ts";

const CALL = Buffer.from(
  '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"n":1}}}\n' +
    '{"jsonrpc":"2.0","id":1,"result":{"content":[]}}\n',
);
const LONG_AGO = new Date(0);

function keptIn(home: string): readonly string[] {
  const folder = join(home, "compiled");
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

/** One call, and the recorder's rest behind it, until something is so. */
async function oneCall(home: string, isOver: () => boolean): Promise<void> {
  const before = existsSync(home) && recordsAreIn(home) ? callsIn(home).length : 0;
  const child = start("proxy", [RAW_SERVER, "echo"], { home });
  const outcome = outcomeOf(child);
  child.stdin?.write(CALL);
  await eventually(() => recordsAreIn(home) && callsIn(home).length > before && isOver());
  await send(child, []);
  expect(await outcome).toMatchObject({ code: 0, stderr: "", stdoutLength: CALL.length });
}

/** Is kept, whole. */
function isKept(home: string): boolean {
  const [file, ...others] = keptIn(home);
  return file !== undefined && others.length === 0 && !basename(file).includes(".");
}

test("the second process takes what the first one kept, and records the same", async () => {
  const home = temporaryHome();
  await oneCall(home, () => isKept(home));
  const [file = ""] = keptIn(home);
  utimesSync(file, LONG_AGO, LONG_AGO);
  let until = Number.POSITIVE_INFINITY;
  await oneCall(home, () => {
    // Had V8 refused it, it would be made anew by then.
    until = Math.min(until, Date.now() + 1_500);
    return Date.now() > until;
  });
  expect(statSync(file).mtimeMs).toBe(0);
  const [first, second] = callsIn(home).map(({ payload }) => ({ ...payload, durationMs: 0 }));
  expect(second).toEqual(first);
});

test.each([
  ["cut off", (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 5_000))],
  ["empty", (file: string) => writeFileSync(file, "")],
  ["damaged", (file: string) => writeFileSync(file, readFileSync(file).fill(7, 9_000, 90_000))],
])("what was kept and is %s is made anew", async (_how, harm) => {
  const home = temporaryHome();
  await oneCall(home, () => isKept(home));
  const [file = ""] = keptIn(home);
  const whole = statSync(file).size;
  harm(file);
  utimesSync(file, LONG_AGO, LONG_AGO);
  await oneCall(home, () => statSync(file).mtimeMs > 0);
  expect(statSync(file).size).toBeGreaterThan(whole / 2);
  expect(callsIn(home)).toHaveLength(2);
});

test.skipIf(process.platform === "win32")("what others could have written is not run", async () => {
  const home = temporaryHome();
  await oneCall(home, () => isKept(home));
  const [file = ""] = keptIn(home);
  chmodSync(file, 0o666);
  await oneCall(home, () => (statSync(file).mode & 0o777) === 0o600);
});

test("where nothing can be kept all is recorded, and nobody is told", async () => {
  const home = temporaryHome();
  writeFileSync(join(home, "compiled"), "a file in the way");
  await oneCall(home, () => true);
  expect(callsIn(home)).toHaveLength(1);
});

test("of many versions the latest few are kept", async () => {
  const home = temporaryHome();
  await oneCall(home, () => isKept(home));
  const [file = ""] = keptIn(home);
  for (let at = 1; at <= 9; at++) {
    writeFileSync(`${file.slice(0, -1)}-${at}`, "old");
    utimesSync(`${file.slice(0, -1)}-${at}`, at, at);
  }
  writeFileSync(file, "");
  await oneCall(home, () => keptIn(home).length === 4);
  expect(keptIn(home)).toContain(file);
});
