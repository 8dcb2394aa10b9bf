import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { gzipSync } from "node:zlib";
import { createObserver } from "@caum/core";
import { bytesOfSignature } from "@caum/histories";
import { afterAll, describe, expect, test } from "vitest";
import { type CheckFormat, TraceCheck } from "../src/check/run-check.ts";
import { parseObject, traceEventOf } from "../src/check/trace-event.ts";

const folder = mkdtempSync(join(tmpdir(), "caum-check-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** One event of a session, as a line. */
function line(session: string, step: number, text: string, more: object = {}): string {
  return JSON.stringify({
    session_id: session,
    step,
    event: "tool_call",
    tool: "read_file",
    op: "read",
    args_hash: `${text} asked`,
    args_shape: `${text} asked`,
    args_sig: "path:s6",
    result_hash: `${text} answered`,
    result_shape: `${text} answered`,
    result_size: 900,
    status: "ok",
    source: "test",
    ...more,
  });
}

const looping = [
  line("loops", 1, "once"),
  ...[2, 3, 4, 5, 6, 7].map((step) => line("loops", step, "again")),
];
const working = [1, 2, 3, 4, 5, 6].map((step) => line("works", step, `text ${step}`));

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function collect(): Writable & { text: string } {
  const sink = new Writable({
    write(chunk, _encoding, done) {
      sink.text += chunk;
      done();
    },
  }) as Writable & { text: string };
  sink.text = "";
  return sink;
}

async function check(
  format: CheckFormat,
  ...paths: readonly string[]
): Promise<{ out: string; err: string; problems: number }> {
  const [out, err] = [collect(), collect()];
  const run = new TraceCheck(format, out, err);
  await run.files(paths);
  return { problems: await run.finish(), out: out.text, err: err.text.replaceAll(folder, "") };
}

describe("caum check", () => {
  const plain = file("plain.jsonl", [...looping, ...working].join("\n"));

  test("says of each session how it stands and which loops it had", async () => {
    const { out, err, problems } = await check("text", plain);
    expect({ err, problems }).toEqual({ err: "", problems: 0 });
    expect(out).toBe(
      [
        "loops  7 steps  LOOP  T5  uds 0.24  trace full",
        "  loop   The agent has called `read_file` 6 times in a row with the same question.",
        "         periodic, period 1, 6 cycles, steps 2-7, alert at 5",
        "  cycles exact 86 %, pattern 86 %; work yield 0.32",
        "  steps  ····###",
        "works  6 steps  LINEAR_PROGRESS  T2  uds 0.77  trace full",
        "  cycles exact 0 %, pattern 0 %; work yield 1.00",
        "  steps  ······",
        "2 sessions, 13 steps: 1 loop in 1 session   (· healthy  ~ review  # loop)",
        "",
      ].join("\n"),
    );
  });

  test("says the same of a gzip file, whatever its name", async () => {
    const packed = file("packed.jsonl", gzipSync([...looping, ...working].join("\n")));
    expect((await check("text", packed)).out).toBe((await check("text", plain)).out);
  });

  test("gives one JSON object a session", async () => {
    const { out } = await check("json", plain);
    const [loops, works] = out
      .trim()
      .split("\n")
      .map((text) => JSON.parse(text));
    expect(loops).toMatchObject({
      session: "loops",
      regime: "LOOP",
      tier: "T5",
      loops: [
        {
          rule: "periodic",
          period: 1,
          cycles: 6,
          fromStep: 2,
          lastStep: 7,
          alertStep: 5,
          costNanoUsd: 0,
          tools: ["read_file"],
          sentence: "The agent has called `read_file` 6 times in a row with the same question.",
        },
      ],
      weakness: null,
    });
    expect(works).toMatchObject({ session: "works", loops: [], traceQuality: "full" });
  });

  test("reads turns, agents, servers and views, and knows them", async () => {
    const of = (session: string, each: (step: number) => object) =>
      [1, 2, 3, 4, 5, 6].map((step) => line(session, step, "again", each(step)));
    const text = [
      ...of("one turn", () => ({ parent: "turn 1" })),
      ...of("six agents", (step) => ({ agent: `agent ${step}` })),
      ...of("six servers", (step) => ({ server: `server ${step}` })),
      ...of("narrow", () => ({ view: "one_server" })),
      ...of("looping", (step) => ({ parent: `turn ${step}`, agent: "a", server: "s" })),
    ];
    const { out, err } = await check("json", file("placed.jsonl", text.join("\n")));
    expect(err).toBe("");
    const reports = out
      .trim()
      .split("\n")
      .map((report) => JSON.parse(report));
    expect(reports.map(({ session, loopCount }) => [session, loopCount])).toEqual([
      ["one turn", 0],
      ["six agents", 0],
      ["six servers", 0],
      ["narrow", 0],
      ["looping", 1],
    ]);
  });

  test("says what is wrong where no loop stands", async () => {
    const talk = [1, 2, 3, 4, 5].map((step) =>
      line("talks", step, `text ${step}`, { event: "llm_call", tool: "assistant" }),
    );
    const { out } = await check("text", file("talks.jsonl", talk.join("\n")));
    expect(out).toContain("  watch  The agent has spoken 5 times in a row without using a tool.");
  });

  test("gives one prediction an event, in the scorer's format", async () => {
    const { out } = await check("predictions", plain);
    const rows = out
      .trim()
      .split("\n")
      .map((text) => JSON.parse(text));
    expect(rows).toHaveLength(13);
    expect(Object.keys(rows[0])).toEqual(
      "session_id step regime tier uds failure_risk alert public_class".split(" "),
    );
    expect(rows[4]).toMatchObject({
      session_id: "loops",
      step: 5,
      alert: true,
      public_class: "hard_alert",
    });
  });

  test("names bad lines and judges the rest", async () => {
    const bad = file(
      "bad.jsonl",
      [
        looping[0],
        '{"session_id":"loops","st',
        looping[1],
        looping[1],
        "[]",
        '{"step":1}',
        '{"session_id":"loops","step":"two"}',
        '{"session_id":"loops","step":9,"event":"dance"}',
        ...looping.slice(2, 4),
        line("loops", 20, "again", { colour: "blue" }),
        looping[5]?.slice(0, 30),
      ].join("\n"),
    );
    const { out, err, problems } = await check("text", bad);
    expect(problems).toBe(7);
    expect(err.trim().split("\n")).toEqual([
      "caum check: /bad.jsonl:2: not a JSON object: the line is cut off or not JSON",
      "caum check: /bad.jsonl:4: step 2 is out of order: a session's steps must rise",
      "caum check: /bad.jsonl:5: not a JSON object",
      "caum check: /bad.jsonl:6: no session_id",
      "caum check: /bad.jsonl:7: step is not a whole number",
      "caum check: /bad.jsonl:8: event is not tool_call, llm_call or message",
      'caum check: /bad.jsonl:11: field "colour" is not known: ignored',
      "caum check: /bad.jsonl:12: not a JSON object: the line is cut off or not JSON",
    ]);
    expect(out).toContain("periodic, period 1, 4 cycles, steps 2-20, alert at 20");
  });

  test("names files that cannot be read and goes on", async () => {
    const cut = file("cut.jsonl.gz", gzipSync(looping.join("\n")).subarray(0, 60));
    const named = file("named.jsonl.gz", looping.join("\n"));
    const { out, err, problems } = await check(
      "text",
      join(folder, "none"),
      folder,
      cut,
      named,
      plain,
    );
    expect(problems).toBe(4);
    expect(err.trim().split("\n")).toEqual([
      "caum check: /none: no such file",
      "caum check: : a directory, not a file",
      "caum check: /cut.jsonl.gz: the gzip data is cut off",
      "caum check: /named.jsonl.gz: named .gz, but not gzip",
    ]);
    expect(out).toContain("2 sessions, 13 steps");
  });

  test("skips a line that is too long, in bounded memory", async () => {
    const long = file("long.jsonl", `${"x".repeat(3_000_000)}\n${working.join("\n")}\n`);
    const { err, out } = await check("text", long);
    expect(err).toBe("caum check: /long.jsonl:1: longer than 1 MiB: a trace has short lines\n");
    expect(out).toContain("1 session, 6 steps");
  });

  test("shows control characters of a session's name as what they are", async () => {
    const { out } = await check("text", file("escape.jsonl", line("a\u001b[2Jb", 1, "x")));
    expect(out.startsWith("a\\u001b[2Jb  1 step")).toBe(true);
  });

  test("names the steps of a trace as it does, however they are numbered", async () => {
    const first = Number.MAX_SAFE_INTEGER - 6;
    const lines = [1, 2, 3, 4, 5].map((step) => line("far", first + step, "again"));
    const [far] = (await check("json", file("far.jsonl", lines.join("\n")))).out.split("\n");
    expect(JSON.parse(far ?? "").loops).toMatchObject([
      { fromStep: first + 1, alertStep: first + 4, lastStep: first + 5 },
    ]);
  });

  test("says when there are more sessions at a time than it holds", async () => {
    const ids = Array.from({ length: 20_002 }, (_, index) => `s${index}`);
    const lines = ids.map((id) => line(id, 1, "once"));
    const { err, out } = await check("json", file("many.jsonl", lines.join("\n")));
    expect(err).toMatch(/^caum check: more than 20000 sessions at a time: [^\n]+\n$/);
    expect(out.split("\n")).toHaveLength(20_003);
  });

  test("keeps the strip of a long session short", async () => {
    const long = file(
      "steps.jsonl",
      Array.from({ length: 1_000 }, (_, at) => line("long", at + 1, `t ${at}`)).join("\n"),
    );
    const { out } = await check("json", long);
    expect(JSON.parse(out).strip.length).toBeLessThanOrEqual(60);
  });
});

describe("caum check on records of our own", () => {
  const home = mkdtempSync(join(folder, "home-"));

  test("judges the runs of an observer, and says that a changed line is none", async () => {
    const lines: string[] = [];
    const observer = createObserver({
      home,
      env: {},
      writer: "test",
      writerVersion: "1",
      layer: "framework",
      view: "full",
    });
    const session = observer.session("own");
    for (let step = 0; step < 6; step++) {
      session.observe({
        kind: "tool",
        tool: "read_file",
        arguments: { path: "notes of the day" },
        result: "the same",
      });
    }
    session.close();
    await observer.flush();
    await observer.close();
    for (const name of readdirSync(home, { recursive: true, encoding: "utf8" })) {
      if (/\.(ndjson|jsonl)$/.test(name)) lines.push(readFileSync(join(home, name), "utf8"));
    }
    const own = file("own.ndjson", lines.join(""));
    const { out, err, problems } = await check("text", own);
    expect({ err, problems }).toEqual({ err: "", problems: 0 });
    expect(out).toContain("own  6 steps  LOOP  T5");
    expect(out).toContain("steps 1-6, alert at 4");
    const changed = file("changed.ndjson", lines.join("").replace('"read_file"', '"read_file" '));
    expect((await check("text", changed)).err).toMatch(
      /^caum check: \/changed.ndjson:2: looks like a record/,
    );
  });
});

describe("caum check on several run files", () => {
  const AT_MS = Date.UTC(2026, 0, 1);

  /** What one server's relay records of reads at these seconds; returns its run file. */
  async function relayed(session: string, server: string, seconds: readonly number[]) {
    const home = mkdtempSync(join(folder, "relay-"));
    let atMs = AT_MS;
    const observer = createObserver({
      home,
      // The relays of a machine have one key, so that they know a call again.
      env: { CAUM_DIGEST_KEY: "07".repeat(32) },
      writer: "test",
      writerVersion: "1",
      layer: "mcp",
      view: "one_server",
      clock: () => atMs,
    });
    const opened = observer.session(session);
    for (const second of seconds) {
      atMs = AT_MS + second * 1_000;
      opened.observe({
        kind: "tool",
        tool: "read_file",
        serverName: server,
        arguments: { path: `/srv/${server}/notes of the day` },
        result: "the same words as ever, in either of them",
      });
    }
    await opened.close();
    await observer.close();
    const [run = ""] = readdirSync(join(home, "runs"));
    return join(home, "runs", run, "records.ndjson");
  }

  test("finds the ping-pong between two servers, in whatever order the files are named", async () => {
    const one = await relayed("two servers", "one", [0, 2, 4, 6]);
    const other = await relayed("two servers", "other", [1, 3, 5, 7]);
    const between = file("between.jsonl", working.join("\n"));
    const { out } = await check("json", one, between, other);
    const [report, worked] = out
      .trim()
      .split("\n")
      .map((text) => JSON.parse(text));
    expect(report).toMatchObject({
      steps: 8,
      loops: [{ rule: "periodic", period: 2, fromStep: 1, alertStep: 6 }],
    });
    expect(worked).toMatchObject({ session: "works", loopCount: 0 });
    expect((await check("json", other, between, one)).out).toBe(out);
  });

  test("finds none in what only one of the servers saw", async () => {
    const one = await relayed("one server", "one", [0, 2, 4, 6]);
    expect(JSON.parse((await check("json", one)).out)).toMatchObject({ steps: 4, loopCount: 0 });
  });

  test("counts a call once that two layers tell of", async () => {
    const lines = await Promise.all(
      (["hook", "mcp"] as const).map(async (layer) => {
        const home = mkdtempSync(join(folder, "layer-"));
        const observer = createObserver({
          home,
          env: { CAUM_DIGEST_KEY: "07".repeat(32) },
          writer: "test",
          writerVersion: "1",
          layer,
          view: "full",
        });
        const session = observer.session("two layers");
        for (let step = 0; step < 3; step++) {
          session.observe({
            kind: "tool",
            tool: "read_file",
            toolCallId: `call ${step}`,
            arguments: { path: "notes of the day" },
            result: "the same",
          });
        }
        await session.close();
        await observer.close();
        const [run = ""] = readdirSync(join(home, "runs"));
        return join(home, "runs", run, "records.ndjson");
      }),
    );
    expect(JSON.parse((await check("json", ...lines)).out)).toMatchObject({
      steps: 3,
      loopCount: 0,
    });
  });
});

describe("a trace event", () => {
  test("without arguments or results has none", () => {
    const { observed } = traceEventOf(
      parseObject('{"session_id":"s","step":1,"event":"tool_call","tool":"t","status":"error"}'),
    );
    expect(observed).toEqual({ kind: "call", tool: "t", status: "error" });
  });

  test("has its arguments word for word where they hold what changes by itself", () => {
    const masked = parseObject(line("s", 1, "a", { args_norm: "masked" }));
    expect(traceEventOf(masked).observed).toMatchObject({
      argumentsHash: "a asked",
      argumentsNorm: "masked",
    });
    expect(traceEventOf(parseObject(line("s", 1, "a"))).observed.argumentsHash).toBeUndefined();
  });

  test("of a user is no step of the agent", () => {
    const { observed } = traceEventOf(
      parseObject('{"session_id":"s","step":1,"event":"message","tool":"user","args_hash":"h"}'),
    );
    expect(observed).toEqual({ kind: "user", tool: "user", messageHash: "h" });
  });

  test.each([
    ["s0", 0],
    ["s4", 8],
    ["q:s4", 16],
    ["path:s6,limit:n1", 56],
    ["", 0],
  ])("with the signature %s has at least %d bytes of arguments", (signature, bytes) => {
    expect(bytesOfSignature(signature)).toBe(bytes);
  });
});
