import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { clientProcess, type ProcessIdentity } from "../../src/session/process-tree.ts";
import { SharedSession } from "../../src/session/shared-session.ts";

const MINUTE = 60_000;
const NOW = Date.now();

describe("the client of a process", () => {
  const tree = (...chain: readonly (readonly string[])[]) => {
    const processes = chain.map((words, index): ProcessIdentity => {
      return { pid: 100 + index, parentPid: 101 + index, startedAt: String(index), words };
    });
    return (pid: number) => processes.find((one) => one.pid === pid);
  };

  test.each([
    ["at once", [["/opt/client"]], 100],
    ["behind a shell", [["/bin/sh", "-c", "x"], ["/opt/client"]], 101],
    [
      "behind npx",
      [["npm exec x"], ["sh", "-c"], ["node", "/usr/lib/npx-cli.js", "x"], ["code"]],
      103,
    ],
    ["behind uvx", [["/home/u/.local/bin/uvx", "x"], ["client"]], 101],
    ["although it is Node itself", [["node", "/app/client.js"]], 100],
  ])("is found %s", (_name, chain, pid) => {
    expect(clientProcess(100, tree(...chain))?.pid).toBe(pid);
  });

  test.each([
    ["nobody is there", []],
    ["only launchers are", [["sh"], ["npx"]]],
  ])("is unknown when %s", (_name, chain) => {
    expect(clientProcess(100, tree(...chain))).toBeUndefined();
  });

  test("is unknown when the parent is gone and init took over", () => {
    const init = { pid: 1, parentPid: 0, startedAt: "0", words: ["/sbin/init"] };
    expect(clientProcess(1, () => init)).toBeUndefined();
  });

  test.runIf(process.platform === "linux")("of this process can be read", () => {
    const found = clientProcess(process.pid);
    expect(found?.pid).toBe(process.pid);
    expect(Number(found?.startedAt)).toBeGreaterThan(0);
  });
});

describe("a shared session", () => {
  function folder(): string {
    const made = mkdtempSync(join(tmpdir(), "caum-sessions-"));
    onTestFinished(() => rmSync(made, { recursive: true }));
    return made;
  }
  const of = (place: string, client: string | undefined, key = "k") =>
    new SharedSession({ folder: place, key: Buffer.from(key), client });

  test("is the same for all servers of one client, and another for another", () => {
    const place = folder();
    const id = of(place, "client").idAt(NOW);
    expect(id).toMatch(/^s-[a-z2-7]{26}$/);
    expect(of(place, "client").idAt(NOW)).toBe(id);
    expect(of(place, "other").idAt(NOW)).not.toBe(id);
    expect(of(place, "client", "other key").idAt(NOW)).not.toBe(id);
  });

  test("belongs to one proxy alone when the client cannot be known", () => {
    const place = folder();
    expect(of(place, undefined).idAt(NOW)).not.toBe(of(place, undefined).idAt(NOW));
  });

  test("is kept while any server is active, and left after 30 idle minutes", () => {
    const place = folder();
    const [one, two] = [of(place, "client"), of(place, "client")];
    const id = one.idAt(NOW);
    expect(two.idAt(NOW + 29 * MINUTE)).toBe(id);
    expect(one.idAt(NOW + 58 * MINUTE)).toBe(id);
    const next = two.idAt(NOW + 100 * MINUTE);
    expect(next).not.toBe(id);
    expect(one.idAt(NOW + 100 * MINUTE)).toBe(next);
  });

  test("works without a folder that can be written", () => {
    const file = join(folder(), "file");
    writeFileSync(file, "");
    const session = of(join(file, "sessions"), "client");
    const id = session.idAt(NOW);
    expect(session.idAt(NOW + MINUTE)).toBe(id);
    expect(session.idAt(NOW + 40 * MINUTE)).not.toBe(id);
  });

  test("of a client long gone is forgotten", () => {
    const place = folder();
    const old = join(place, "old.0");
    writeFileSync(old, "");
    utimesSync(old, new Date(0), new Date(0));
    of(place, "client").idAt(NOW);
    expect(readdirSync(place)).not.toContain("old.0");
  });
});
