/** What one adapter says of itself, and where what it cannot see is written down. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { eventsOf, recordsIn } from "../../../../test/records.ts";
import {
  Adapter,
  type AdapterOptions,
  type Diagnostic,
  installedVersion,
  type TestedHost,
} from "../../src/merge/adapter.ts";
import { processRegistry } from "../../src/merge/process/process-registry.ts";

const HOST = { name: "host", from: "1.2.3", below: "2.0.0" };

let home = "";
let lines: string[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-adapter-"));
  lines = [];
  processRegistry().told.clear();
  vi.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(home, { recursive: true, force: true });
});

function adapter(options: AdapterOptions = {}, host: TestedHost | undefined = undefined) {
  const told: Diagnostic[] = [];
  const identity = {
    writer: "test",
    writerVersion: "1",
    layer: "framework",
    view: "full",
  } as const;
  const made = new Adapter(
    { ...identity, sourceFramework: "some-host", host },
    { home, env: {}, onDiagnostic: (diagnostic) => told.push(diagnostic), ...options },
  );
  return { made, told, codes: () => told.map(({ code }) => code) };
}

describe("the line at the start", () => {
  test("names the host and where the runs are, once in a process", async () => {
    const both = [adapter().made, adapter().made];
    expect(lines).toEqual([
      `caum: observing some-host; verdicts: ${home}/runs (no line: CAUM_QUIET=1)\n`,
    ]);
    for (const one of both) await one.close();
  });

  test("writes the user's own folder as ~", async () => {
    const { made } = adapter({ home: join(homedir(), "caum of nobody") });
    expect(lines.join("")).toContain("verdicts: ~/caum of nobody/runs ");
    await made.close();
  });

  const upstream = { url: "http://127.0.0.1:9", apiKey: "caum_test_x" };
  test.each<[string, AdapterOptions, string]>([
    ["a collector is set", { upstream }, "verdicts: http://127.0.0.1:9 "],
    [
      "the environment sets one",
      { env: { CAUM_URL: upstream.url } },
      "verdicts: http://127.0.0.1:9 ",
    ],
    ["none is to be asked", { upstream: false, env: { CAUM_URL: upstream.url } }, "/runs "],
  ])("says where the verdicts are when %s", async (_when, options, place) => {
    const { made } = adapter(options);
    expect(lines.join("")).toContain(place);
    await made.close();
  });

  test.each<[AdapterOptions, number]>([
    [{ quiet: true }, 0],
    [{ env: { CAUM_QUIET: "1" } }, 0],
    [{ env: { CAUM_QUIET: "yes" } }, 0],
    [{ env: { CAUM_QUIET: "0" } }, 1],
    [{ env: { CAUM_QUIET: "" } }, 1],
    [{ quiet: false, env: { CAUM_QUIET: "1" } }, 1],
  ])("with %j is written %i times", async (options, count) => {
    const { made } = adapter(options);
    expect(lines).toHaveLength(count);
    await made.close();
  });
});

test("the session is the one that is named, then that of the environment", async () => {
  const env = { CAUM_SESSION_ID: "of the environment" };
  const named = [adapter({ session: "named", env }), adapter({ env }), adapter()];
  expect(named.map(({ made }) => made.options.session)).toEqual([
    "named",
    "of the environment",
    undefined,
  ]);
  for (const { made } of named) await made.close();
});

describe("a release of the host", () => {
  test.each([
    ["1.2.3", []],
    ["1.2.4", []],
    ["1.10.0", []],
    ["1.2.3-beta.1", []],
    ["1.99.99+build.7", []],
    ["1.2.2", ["host_version_untested"]],
    ["1.1.9", ["host_version_untested"]],
    ["0.9.9", ["host_version_untested"]],
    ["2.0.0", ["host_version_untested"]],
    ["10.0.0", ["host_version_untested"]],
  ])("that is %s, tested from 1.2.3 to below 2.0.0, tells %j", async (version, expected) => {
    const { made, codes } = adapter({}, HOST);
    made.hostIs(version);
    expect(codes()).toEqual(expected);
    await made.close();
  });

  test("is named with the range in what is told, once", async () => {
    const { made, told } = adapter({}, HOST);
    made.hostIs("3.0.0");
    made.hostIs("3.0.0");
    expect(told).toEqual([
      {
        code: "host_version_untested",
        message: "host 3.0.0 is untested: this adapter is tested from 1.2.3 to below 2.0.0",
      },
    ]);
    await made.close();
  });

  test("tells nothing where release or range is not known", async () => {
    const [unknown, untested] = [adapter({}, HOST), adapter()];
    unknown.made.hostIs(undefined);
    untested.made.hostIs("9.9.9");
    expect([...unknown.told, ...untested.told]).toEqual([]);
    for (const { made } of [unknown, untested]) await made.close();
  });
});

describe("blindness", () => {
  const endCall = ({ made }: ReturnType<typeof adapter>, id: string) => {
    const facts = { tool: "search", run: `${home} ${id}` };
    made.calls.ended({ session: "s", toolCallId: id }, { status: "ok" }, facts);
  };
  const giveUp = ({ made }: ReturnType<typeof adapter>, count: number) => {
    for (let at = 0; at < count; at++) {
      const key = { session: "s", toolCallId: `c${at}` };
      made.calls.requested(key, { tool: "search", response: `${home} ${at}`, owner: "o" });
    }
    made.calls.abandoned("o");
  };

  test("is written into the run behind the event that comes next, once", async () => {
    const blind = adapter();
    blind.made.blind({ code: "no_results", message: "this host hides results" });
    blind.made.blind({ code: "no_results", message: "this host hides results" });
    endCall(blind, "a");
    endCall(blind, "b");
    await blind.made.close();
    expect(blind.told).toEqual([{ code: "no_results", message: "this host hides results" }]);
    expect(eventsOf(recordsIn(home))).toEqual([
      "search ok",
      "adapter_blind no_results",
      "search ok",
    ]);
  });

  test("is no matter of the run where it is only told", async () => {
    const telling = adapter();
    telling.made.tell({ code: "some_trouble", message: "m" });
    telling.made.blind({ code: "some_trouble", message: "m" });
    endCall(telling, "a");
    await telling.made.close();
    expect(telling.codes()).toEqual(["some_trouble"]);
    expect(eventsOf(recordsIn(home))).toEqual(["search ok"]);
  });

  test.each([
    [4, []],
    [5, ["no_outcomes_seen"]],
  ])("is what %i calls without an outcome show: %j", async (count, expected) => {
    const giving = adapter();
    giveUp(giving, count);
    expect(giving.codes()).toEqual(expected);
    await giving.made.close();
    expect(eventsOf(recordsIn(home)).filter((event) => event.startsWith("adapter"))).toEqual(
      expected.map((code) => `adapter_blind ${code}`),
    );
  });

  test("is not what calls without an outcome show beside one that has one", async () => {
    const seeing = adapter();
    endCall(seeing, "a");
    giveUp(seeing, 6);
    expect(seeing.codes()).toEqual([]);
    await seeing.made.close();
  });

  test("counts the calls in what it says", async () => {
    const giving = adapter();
    giveUp(giving, 5);
    expect(giving.told[0]?.message).toBe("5 tool calls were requested and none had an outcome");
    await giving.made.close();
  });
});

test("what a host's own handlers throw is counted, and reaches nobody", async () => {
  const thrown = () => {
    throw new Error("the handler");
  };
  const { made } = adapter({ onDiagnostic: thrown, onVerdict: thrown });
  made.tell({ code: "some_trouble", message: "m" });
  expect(made.failures).toBe(1);
  made.calls.ended({ session: "s" }, { status: "ok" }, { tool: "search", run: `${home} r` });
  expect(made.failures).toBe(2);
  await made.close();
  expect(eventsOf(recordsIn(home))).toEqual(["search ok"]);
});

test("what an observer throws is counted as well", () => {
  const broken = (): never => {
    throw new Error("the observer");
  };
  // All of it that an adapter asks for.
  const observer = { session: broken, close: broken, home } as never;
  const { made } = adapter({ observer });
  made.calls.ended({ session: "s" }, { status: "ok" }, { tool: "search", run: `${home} r` });
  expect(made.failures).toBeGreaterThan(0);
});

test("a verdict is told after every event, with its session", async () => {
  const verdicts: string[] = [];
  const { made } = adapter({
    onVerdict: ({ step }, session) => verdicts.push(`${session} ${step}`),
  });
  for (const session of ["one", "two"]) {
    made.calls.ended({ session }, { status: "ok" }, { tool: "search", run: `${home} ${session}` });
  }
  expect(verdicts).toEqual(["one 1", "two 1"]);
  await made.close();
});

test("what is open has its event when the adapter is closed", async () => {
  const { made } = adapter();
  made.calls.started({ session: "s" }, { tool: "search", run: `${home} r` });
  await made.close();
  expect(eventsOf(recordsIn(home))).toEqual(["search unresolved"]);
});

test("the version of a package is what its package.json says, as that module finds it", () => {
  const modules = join(home, "node_modules");
  const versions = { good: '{"version":"1.2.3"}', odd: '{"version":7}', none: "{}", broken: "{" };
  for (const [name, text] of Object.entries(versions)) {
    mkdirSync(join(modules, name), { recursive: true });
    writeFileSync(join(modules, name, "package.json"), text);
  }
  const module = pathToFileURL(join(home, "program.js")).href;
  const found = [...Object.keys(versions), "absent"].map((name) => installedVersion(name, module));
  expect(found).toEqual(["1.2.3", undefined, undefined, undefined, undefined]);
});
