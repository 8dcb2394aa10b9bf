import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalize } from "../../../src/capture/shape/canonical.ts";
import { scan } from "../../../src/capture/shape/scanner.ts";

const LETTERS: Readonly<Record<number, string>> = {
  247: "hex",
  248: "path",
  249: "uuid",
  250: "time",
  251: "duration",
  252: "address",
  253: "process",
  254: "line",
  255: "number",
};

function readable(bytes: Uint8Array): string {
  return [...bytes]
    .map((byte) => (LETTERS[byte] === undefined ? String.fromCharCode(byte) : `<${LETTERS[byte]}>`))
    .join("");
}

function normOf(text: string): string {
  const bytes = Buffer.from(text);
  return readable(scan(bytes).norm ?? bytes);
}

function shapeOf(text: string): string {
  const bytes = Buffer.from(text);
  const forms = scan(bytes);
  return readable(forms.shape ?? forms.norm ?? bytes);
}

describe("the norm form", () => {
  test.each([
    ["at 02:04:17", "at <time>"],
    ["[02:04:17.250] ready", "[<time>] ready"],
    ["2026-11-21T02:04:17.123Z", "<time>"],
    ["2026-11-21 02:04:17,123 INFO", "<time> INFO"],
    ["2026/11/21 02:04:17 done", "<time> done"],
    ["2026-11-21T02:04:17+05:30", "<time>"],
    ["backup-20261121T020417Z.tar", "backup-<time>.tar"],
    ["run_20261121-020417", "run_<time>"],
    ["1763690657123", "<time>"],
    ["1763690657.123456", "<time>"],
    ['"timestamp": 1763690657', '"timestamp": <time>'],
    ["took 0.123s", "took <duration>"],
    ["12 ms", "<duration>"],
    ["in 3.4 seconds", "in <duration>"],
    ["5 minutes ago", "<duration> ago"],
    ["1m23s, 1h2m3s, 1h 2m 3.5s", "<duration>, <duration>, <duration>"],
    ["7 \u00b5s", "<duration>"],
    ["duration=0.5", "duration=<duration>"],
    ["3f2b8c1e-1234-4abc-9def-0123456789ab", "<uuid>"],
    ["deadbeef-1234-4abc-9def-0123456789ab", "<uuid>"],
    ["{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}", "{<uuid>}"],
    ["<Thing at 0x7f8b2c0d5e80>", "<Thing at <address>>"],
    ["pid 1234, ppid=77", "pid <process>, ppid=<process>"],
    ["sshd[1234]: hello", "sshd[<process>]: hello"],
    ["[1] 12345", "[1] <process>"],
    ["/tmp/xyz123/out.txt", "/tmp/<path>/out.txt"],
    ["/tmp/tmpq_x8zr1c", "/tmp/<path>"],
    ["/tmp/tmp.Ab12Cd34Ef/log", "/tmp/<path>/log"],
    ["/tmp/pytest-of-me/pytest-12/x", "/tmp/pytest-of-me/pytest-12/x"],
    ["/var/folders/3k/abc_123def456/T/tmpabc123", "/var/folders/3k/<path>/T/<path>"],
    ["bash: line 12: foo: command not found", "bash: line <line>: foo: command not found"],
    ["/bin/sh: 3: foo: not found", "/bin/sh: <line>: foo: not found"],
    ["zsh:1: no matches", "zsh:<line>: no matches"],
  ])("masks what changes by itself: %s", (text, expected) => {
    expect(normOf(text).replaceAll("\u00c2", "")).toBe(expected);
  });

  test.each([
    "port 8080",
    "127.0.0.1:3000",
    "v1.2.3",
    "5 files, 12 rows",
    "2026-11-21",
    "2026-11-21T10:00:00Z",
    "at 14:30",
    "flight HAT123 on 2024-05-20",
    "app.ts:12:34",
    "app.ts:10:20:30",
    "0xFF 0x10",
    "deadbeefcafe0123",
    "order 1008292230",
    "5m wide, 3 m deep, 2d array",
    "rapid 512",
    "hash: 12 of 20",
    "items: 5",
    "/tmp/report.txt",
    "/tmp/step2.py",
    "00:1a:2b:3c:4d:5e",
    "3f2b8c1e-1234-4abc-9def",
    "version 3s9",
  ])("keeps real differences: %s", (text) => {
    expect(normOf(text)).toBe(text);
  });

  test("knows a time behind an escaped line break", () => {
    const bytes = canonicalize(["first\n02:04:17 second"]).bytes.slice();
    expect(readable(scan(bytes).norm ?? bytes)).toBe('["first\\n<time> second"]');
    const text = canonicalize("02:04:17 first").bytes.slice();
    expect(readable(scan(text).norm ?? text)).toBe("\u00c0<time> first");
  });

  test("is the same for two runs of the same command", () => {
    const first = "== 3 passed in 0.12s == at 0x7f0012345678, /tmp/tmpab12cd34/out";
    const second = "== 3 passed in 11.5s == at 0x7fff00cc5678, /tmp/tmpzz99qq00/out";
    expect(normOf(first)).toBe(normOf(second));
    expect(normOf(first)).not.toBe(normOf(second.replace("3 passed", "4 passed")));
  });
});

describe("the shape form", () => {
  test.each([
    ["port 8080 v1.2.3", "port <number> v<number>.<number>"],
    ["-5 1.5e-10 2e3", "-<number> <number> <number>"],
    ["commit deadbeefcafe0123 x", "commit <hex> x"],
    ["file12.txt", "file<number>.txt"],
    ["[1,2,3]", "[<number>,<number>,<number>]"],
    ["12 ms of 30", "<duration> of <number>"],
  ])("masks every number and long hex too: %s", (text, expected) => {
    expect(shapeOf(text)).toBe(expected);
  });

  test("is absent where it would say the same", () => {
    expect(scan(Buffer.from("no numbers here"))).toEqual({});
    expect(scan(Buffer.from("took 12 ms")).shape).toBeUndefined();
    expect(scan(Buffer.from("5 files")).norm).toBeUndefined();
  });
});

/** Pieces that masks are made of, so that random joins come close to them. */
const PIECES = [
  ...'0123456789abcdefxXTZsmhd:.-/_ \\"[](){}=,+#',
  ...["12", "2026", "0x", "ms", "sec", "pid ", "line ", "sh: ", "/tmp/", "/var/folders/", "tmp"],
  ...["2026-11-21", "02:04:17", "1763690657123", "deadbeef", "-1234-", "\\n", "\u00b5", "\u20ac"],
  ...["elapsed", "_ms", '":', "time", "3f2b8c1e-1234-4abc-9def-0123456789ab", "[1] ", "x123"],
];
const nearMisses = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 24 })
  .map((pieces) => Buffer.from(pieces.join("")));

describe("masking", () => {
  test("again changes nothing", () => {
    fc.assert(
      fc.property(nearMisses, (text) => {
        const forms = scan(text);
        const norm = Buffer.from(forms.norm ?? text);
        const shape = Buffer.from(forms.shape ?? norm);
        expect(scan(norm).norm).toBeUndefined();
        const shapeOfNorm = Buffer.from(scan(norm).shape ?? norm);
        expect(shapeOfNorm.equals(shape)).toBe(true);
        expect(scan(shape)).toEqual({});
      }),
      { numRuns: 3_000, examples: [[Buffer.from("02:04:17-1763690657123")]] },
    );
  });

  test("keeps every byte that is no part of a mask, in order", () => {
    fc.assert(
      fc.property(nearMisses, (text) => {
        const forms = scan(text);
        for (const form of [forms.norm, forms.shape]) {
          if (form === undefined) continue;
          let at = 0;
          for (const byte of form) {
            if (byte >= 0xf7) continue;
            at = text.indexOf(byte, at) + 1;
            expect(at).toBeGreaterThan(0);
          }
        }
      }),
    );
  });

  test("leaves nothing of one text in the next", () => {
    scan(Buffer.from("12 ms and 0x7f8b2c0d5e80 and 5".repeat(100)));
    expect(scan(Buffer.from("ab"))).toEqual({});
    expect(normOf("1")).toBe("1");
  });

  test("takes any bytes, up to the limit", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => scan(bytes) !== undefined));
    const longest = new Uint8Array(65_536 + 64).fill(0x31);
    expect(scan(longest).shape).toHaveLength(1);
  });
});

describe("time", () => {
  const units = ["1", "0x", "1g", "1a", "1234-", "1:", "12:34:5", "1m", "1h ", "/tmp/", "a", "-"];
  const more = [
    "1.",
    "1e",
    "1e-",
    "12345678-",
    "sh: 1",
    "pid ",
    "\\\\Temp\\\\",
    "[1] ",
    "1 m",
    '":1',
  ];
  /** A quadratic scan of 64 KiB takes seconds; a linear one about a millisecond. */
  const GENEROUS_MS = 150;

  test.each([...units, ...more])("grows linearly with the input: %s", (unit) => {
    const text = Buffer.from(unit.repeat(Math.ceil(65_536 / unit.length)).slice(0, 65_536));
    const runs = [1, 2, 3].map(() => {
      const start = performance.now();
      scan(text);
      return performance.now() - start;
    });
    expect(Math.min(...runs)).toBeLessThan(GENEROUS_MS);
  });
});
