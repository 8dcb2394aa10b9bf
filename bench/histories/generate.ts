/** Claude Code histories in the form of version 2.1.328, of any size; the same each time. */
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

const SESSION_BYTES = 2_000_000;
const WORDS = (
  "error value return const await import the of a function test result module import type string " +
  "path line expected received assert request response config server client build failed passed"
).split(" ");
const FIRST_MS = Date.parse("2026-11-01T08:00:00Z");

export interface Generated {
  readonly bytes: number;
  readonly sessions: number;
  readonly calls: number;
}

export function generate(folder: string, bytes: number): Generated {
  const random = randomOf(7);
  const project = join(folder, "-home-user-project");
  mkdirSync(project, { recursive: true });
  let [written, sessions, calls] = [0, 0, 0];
  while (written < bytes) {
    const id = `00000000-0000-4000-8000-${String(sessions).padStart(12, "0")}`;
    const file = openSync(join(project, `${id}.jsonl`), "w");
    const writer = new SessionText(id, FIRST_MS + sessions * 600_000, random);
    for (let size = 0; size < SESSION_BYTES && written < bytes; ) {
      const text = writer.next();
      const length = writeSync(file, text);
      size += length;
      written += length;
    }
    closeSync(file);
    sessions += 1;
    calls += writer.calls;
  }
  return { bytes: written, sessions, calls };
}

class SessionText {
  calls = 0;
  readonly #id: string;
  readonly #random: () => number;
  #atMs: number;
  #parent: string | null = null;

  constructor(id: string, atMs: number, random: () => number) {
    this.#id = id;
    this.#atMs = atMs;
    this.#random = random;
  }

  /** One turn of the model: two lines of it and the answer, sometimes with an attachment. */
  next(): string {
    const turn = this.calls;
    this.calls += 1;
    const call = `toolu_${this.#id.slice(-6)}${turn}`;
    const name = ["Read", "Bash", "Edit", "Grep"][turn % 4] ?? "Read";
    const said = { id: `msg_${this.#id.slice(-6)}${turn}`, type: "message", role: "assistant" };
    const usage = { input_tokens: 4, cache_read_input_tokens: 42_000 + turn, output_tokens: 180 };
    const message = (content: object) => ({
      ...said,
      model: "claude-opus-4-6",
      content: [content],
      usage,
    });
    const input = this.#input(name, turn);
    const { content, told } = this.#answer(name, input);
    const lines = [
      this.#line("assistant", { message: message({ type: "text", text: this.#words(30) }) }),
      this.#line("assistant", { message: message({ type: "tool_use", id: call, name, input }) }),
      this.#line("user", {
        message: { role: "user", content: [{ tool_use_id: call, type: "tool_result", content }] },
        toolUseResult: told,
      }),
    ];
    if (turn % 9 === 0)
      lines.push(this.#line("attachment", { attachment: { type: "todo", text: this.#words(60) } }));
    return lines.join("");
  }

  #line(type: string, more: object): string {
    this.#atMs += 900;
    const uuid = `${this.#atMs.toString(16).padStart(8, "0")}-0000-4000-8000-${this.#id.slice(-12)}`;
    const line = {
      parentUuid: this.#parent,
      isSidechain: false,
      type,
      ...more,
      uuid,
      timestamp: new Date(this.#atMs).toISOString(),
      userType: "external",
      cwd: "/home/user/project",
      sessionId: this.#id,
      version: "2.1.328",
      gitBranch: "main",
    };
    this.#parent = uuid;
    return `${JSON.stringify(line)}\n`;
  }

  #input(name: string, turn: number): object {
    if (name === "Bash") return { command: `npm test -- --grep "${this.#words(3)}" ${turn}` };
    if (name === "Edit") {
      return {
        file_path: `/src/${turn % 50}.ts`,
        old_string: this.#words(20),
        new_string: this.#words(24),
      };
    }
    return { file_path: `/home/user/project/src/${turn}/${this.#words(1)}.ts` };
  }

  /** What the model was told, and what the client keeps beside it: of an edit the whole file. */
  #answer(name: string, input: object): { readonly content: string; readonly told: object } {
    const share = this.#random();
    const text = this.#words(share < 0.5 ? 20 : share < 0.9 ? 300 : 2_500);
    if (name === "Edit") {
      const originalFile = this.#words(share < 0.5 ? 300 : 1_500);
      return {
        content: "The file has been updated successfully.",
        told: {
          ...input,
          originalFile,
          structuredPatch: [{ oldStart: 1, lines: [text.slice(0, 400)] }],
        },
      };
    }
    if (name === "Read")
      return { content: text, told: { type: "text", file: { ...input, content: text } } };
    if (name === "Bash")
      return { content: text, told: { stdout: text, stderr: "", interrupted: false } };
    return { content: text, told: { mode: "content", numFiles: 0, filenames: [], content: text } };
  }

  #words(count: number): string {
    const words: string[] = [];
    for (let at = 0; at < count; at += 1) {
      words.push(at % 11 === 10 ? "\n" : (WORDS[Math.floor(this.#random() * WORDS.length)] ?? ""));
    }
    return words.join(" ");
  }
}

/** Numbers from 0 to 1, the same from the same start (mulberry32). */
function randomOf(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
