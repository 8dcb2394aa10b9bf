/** Other benches of this checkout, run as programs of their own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/**
 * @param words of the bench, from its file below `bench/` on
 * @returns what it printed
 * @throws {Error} when it printed nothing: some end with 1 when a limit of their own is missed
 */
export async function outputOf(...words: readonly string[]): Promise<string> {
  const [file = "", ...rest] = words;
  const options = ["--expose-gc", "--conditions=@caum/source"];
  const child = spawn(process.execPath, [...options, join(ROOT, "bench", file), ...rest], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
  });
  const [code]: unknown[] = await once(child, "close");
  if (text === "") throw new Error(`${file} ended with ${code} and printed nothing`);
  return text;
}

/** @param read takes the figures out of what the bench printed as JSON */
export async function figuresOf<T>(
  words: readonly string[],
  isFigures: (printed: unknown) => printed is T,
): Promise<T> {
  const printed: unknown = JSON.parse(await outputOf(...words));
  if (!isFigures(printed)) throw new Error(`${words[0]}: what it printed has other figures`);
  return printed;
}

/** Whether all of these members are numbers. */
export function hasNumbers<K extends string>(...names: readonly K[]) {
  return (printed: unknown): printed is Readonly<Record<K, number>> =>
    names.every((name) => typeof memberOf(printed, name) === "number");
}

/** Whether all of these members are lists of numbers. */
export function hasLists<K extends string>(...names: readonly K[]) {
  return (printed: unknown): printed is Readonly<Record<K, readonly number[]>> =>
    names.every((name) => {
      const list = memberOf(printed, name);
      return Array.isArray(list) && list.every((value) => typeof value === "number");
    });
}

function memberOf(printed: unknown, name: string): unknown {
  return typeof printed === "object" && printed !== null ? Reflect.get(printed, name) : undefined;
}
