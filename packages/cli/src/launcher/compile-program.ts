/** Has V8 compile the hook's program once, so that no hook has to. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const WITHIN_MS = 10_000;
/** A call as most hooks are told of: what is compiled is what one needs for it. */
const SAMPLE = JSON.stringify({
  hook_event_name: "PostToolUse",
  session_id: "sample",
  tool_name: "Bash",
  tool_use_id: "sample",
  tool_input: { command: "cat notes/1.txt", description: "Read the notes" },
  tool_response: { stdout: "2 notes of 2025-01-01 12:30:01, in 0.2 s\n", stderr: "" },
});
/** V8 compiles a function when it is called first, so the program is run before it is asked. */
const COMPILE = `const { readFileSync, writeFileSync } = require("node:fs");
const folder = process.argv[3];
const script = new (require("node:vm").Script)(readFileSync(folder + "/text", "latin1"));
script.runInThisContext()(require, folder);
writeFileSync(folder + "/compiled", script.createCachedData());`;

/**
 * Runs the program once, in a home of its own.
 *
 * @param node whose V8 it is compiled for
 * @returns nothing where this Node does not run
 */
export function compileProgram(text: string, node: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "caum-compile-"));
  try {
    writeFileSync(join(folder, "text"), text, "latin1");
    const words = ["-e", COMPILE, "hook", "--home", folder, "--no-recorder"];
    spawnSync(node, words, { input: SAMPLE, env: {}, timeout: WITHIN_MS, windowsHide: true });
    return readFileSync(join(folder, "compiled"));
  } catch {
    return Buffer.alloc(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
