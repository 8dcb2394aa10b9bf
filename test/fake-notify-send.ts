/** A stand-in for notify-send that writes down what it was asked to show, and when. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface FakeNotifySend {
  /** A folder for PATH. */
  readonly folder: string;
  /** What was shown so far. */
  shown(): readonly Shown[];
}

export interface Shown {
  readonly title: string;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

const SCRIPT = `#!/usr/bin/env node
const [, , ...words] = process.argv;
const at = words.indexOf("--");
const [title, text] = words.slice(at + 1);
const line = JSON.stringify({ title, text, atMs: Date.now() });
require("node:fs").appendFileSync(__filename + ".shown", line + "\\n");
`;

export function fakeNotifySend(): FakeNotifySend {
  const folder = mkdtempSync(join(tmpdir(), "caum-notify-"));
  const program = join(folder, "notify-send");
  // The script's own Node, whatever PATH a test sets.
  writeFileSync(program, SCRIPT.replace("/usr/bin/env node", process.execPath));
  chmodSync(program, 0o755);
  return {
    folder,
    shown() {
      const file = `${program}.shown`;
      if (!existsSync(file)) return [];
      const lines = readFileSync(file, "utf8").trimEnd().split("\n");
      return lines.map((line) => JSON.parse(line));
    },
  };
}
