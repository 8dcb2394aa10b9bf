import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The oldest Node that client packages promise, where one is on PATH. */
export function findOldestNode(): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "node"))
    .filter(existsSync)
    .find((node) => execFileSync(node, ["--version"], { encoding: "utf8" }).startsWith("v20."));
}
