import { createWriteStream, existsSync, renameSync, rmSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { unpackBundle } from "../export/unpack.ts";

interface ExportOptions {
  readonly out: string;
  readonly url?: string;
  readonly key?: string;
  readonly token?: string;
}

const USAGE = 2;
const DEFAULT_URL = "http://127.0.0.1:4070";

export function registerExport(program: Command): void {
  program
    .command("export")
    .description("fetch a session from a collector as a bundle that anyone can verify")
    .argument("<session>", "id of the session")
    .requiredOption("--out <path>", "new folder, or a file that ends in .tar")
    .option("--url <url>", "the collector (default: CAUM_URL, then this machine)")
    .option("--key <key>", "API key with the scope read (default: CAUM_API_KEY)")
    .option("--token <token>", "token of a live session, instead of a key")
    .action((session: string, options: ExportOptions) => exportSession(session, options));
}

async function exportSession(session: string, options: ExportOptions): Promise<void> {
  try {
    if (existsSync(options.out)) throw new Error(`${options.out} exists: choose a new name`);
    const url = (options.url ?? process.env.CAUM_URL ?? DEFAULT_URL).replace(/\/+$/, "");
    const headers = authorization(options);
    await fetchBundle(url, session, headers, options.out);
    const key = await verifierKey(url);
    console.log(`exported ${session} to ${options.out}`);
    console.log(`verify it with: caum verify ${options.out} --key ${key}`);
  } catch (failure) {
    console.error(`caum export: ${failure instanceof Error ? failure.message : "it failed"}`);
    process.exitCode = USAGE;
  }
}

function authorization({ key, token }: ExportOptions): Record<string, string> {
  const known = key ?? process.env.CAUM_API_KEY;
  return {
    ...(known && { authorization: `Bearer ${known}` }),
    ...(token && { "x-caum-session-token": token }),
  };
}

async function fetchBundle(
  url: string,
  session: string,
  headers: Record<string, string>,
  out: string,
): Promise<void> {
  const path = `${url}/v1/session/${encodeURIComponent(session)}/bundle`;
  const answer = await reach(url, path, headers);
  if (answer.status === 401) throw new Error("the key is not accepted: pass --key or CAUM_API_KEY");
  if (answer.status === 404) throw new Error("there is no such session under this key");
  if (answer.status === 410) throw new Error("the session was deleted: only its head is kept");
  if (!answer.ok || !answer.body) {
    throw new Error(`the collector answered ${answer.status}: try again`);
  }
  // Through a file, because a bundle may be larger than memory.
  const archive = `${out}.part`;
  try {
    await pipeline(Readable.fromWeb(answer.body), createWriteStream(archive, { mode: 0o600 }));
    if (out.endsWith(".tar")) renameSync(archive, out);
    else unpackBundle(archive, out);
  } finally {
    rmSync(archive, { force: true });
  }
}

/** For convenience only: whoever verifies gets the key from the operator, not from the bundle. */
async function verifierKey(url: string): Promise<string> {
  const answer = await reach(url, `${url}/.well-known/caum-verifier-keys`, {});
  const { keys } = (await answer.json()) as { keys?: readonly { vkey?: string }[] };
  return keys?.[0]?.vkey ?? "VKEY";
}

async function reach(
  url: string,
  path: string,
  headers: Record<string, string>,
): Promise<Response> {
  try {
    return await fetch(path, { headers });
  } catch {
    throw new Error(`no collector answers at ${url}: pass --url or CAUM_URL`);
  }
}
