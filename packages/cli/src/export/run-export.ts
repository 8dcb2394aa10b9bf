import { createWriteStream, existsSync, renameSync, rmSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { CollectorPlace } from "@caum/collector/validation";
import { doorUrl, shellWord } from "@caum/core/settings";
import { collectorOf } from "../options/collector-of.ts";
import type { SharedFlags } from "../options/declare.ts";
import { refuse } from "../options/refuse.ts";
import { counted } from "../terminal/counted.ts";
import { Progress } from "../terminal/progress.ts";
import { say, sayJson } from "../terminal/say.ts";
import { exportAll } from "./export-all.ts";
import { unpackBundle } from "./unpack.ts";

export interface ExportOptions extends SharedFlags {
  readonly out: string;
  readonly token?: string;
  readonly all?: boolean;
}

const BUNDLE_TYPE = "application/x-tar";

/** Fetches a session, or all of them, and says how to verify what came. */
export async function runExport(
  session: string | undefined,
  options: ExportOptions,
): Promise<void> {
  try {
    if ((session === undefined) !== (options.all === true)) {
      throw new Error("name a session, or all of them with --all");
    }
    if (session === undefined) await exportAccount(options);
    else await exportSession(session, options);
  } catch (failure) {
    refuse("export", failure);
  }
}

async function exportSession(session: string, options: ExportOptions): Promise<void> {
  const { out, token, json } = options;
  try {
    if (existsSync(out)) throw new Error(`${out} exists: choose a new name`);
    const place = await collectorOf(options);
    await fetchBundle(place, session, token, out);
    const key = await verifierKey(place);
    const verify = `caum verify ${shellWord(out)} --key ${key ?? "VKEY"}`;
    if (json) {
      sayJson({ session, out, verifierKey: key ?? null, verify });
      return;
    }
    say(`exported ${session} to ${out}`);
    say(`verify it with: ${verify}`);
  } catch (failure) {
    refuse("export", failure);
  }
}

async function exportAccount(options: ExportOptions): Promise<void> {
  const { out, token, json } = options;
  if (existsSync(out)) throw new Error(`${out} exists: choose a new name`);
  if (token !== undefined) throw new Error("a token is for one session: pass a key");
  const place = await collectorOf(options);
  const headers = { ...(place.apiKey && { authorization: `Bearer ${place.apiKey}` }) };
  const sessions = await exportAll(out, {
    ask: async (path) => {
      const answer = await reach(place, path, headers);
      if (answer.ok) return answer.json();
      if (answer.status === 401 || answer.status === 403) throw new Error(NOT_ACCEPTED);
      if (answer.status === 404) throw new Error("nothing is logged yet: there is no session");
      throw new Error(`the collector answered ${answer.status}: try again`);
    },
    fetchBundle: (session, path) => fetchBundle(place, session, undefined, path),
  });
  const key = await verifierKey(place);
  const verify = `caum verify ${shellWord(out)} --key ${key ?? "VKEY"}`;
  if (json) {
    sayJson({ sessions, out, verifierKey: key ?? null, verify });
    return;
  }
  say(`exported ${counted(sessions, "session")} to ${out}`);
  say(`verify them with: ${verify}`);
}

const NOT_ACCEPTED = "the key is not accepted: pass --key or CAUM_API_KEY";

async function fetchBundle(
  place: CollectorPlace,
  session: string,
  token: string | undefined,
  out: string,
): Promise<void> {
  const path = `/v1/session/${encodeURIComponent(session)}/bundle`;
  const answer = await reach(place, path, {
    ...(place.apiKey && { authorization: `Bearer ${place.apiKey}` }),
    ...(token && { "x-caum-session-token": token }),
  });
  const { status, body, headers } = answer;
  if (status === 401 || status === 403) {
    throw new Error(NOT_ACCEPTED);
  }
  if (status === 404)
    throw new Error("there is no such session under this key: caum sessions lists them");
  if (status === 410) throw new Error("the session was deleted: only its head is kept");
  if (!answer.ok || !body) throw new Error(`the collector answered ${status}: try again`);
  if (!headers.get("content-type")?.startsWith(BUNDLE_TYPE)) {
    throw new Error(`what answers at ${place.url} is no collector: name one with --url`);
  }
  await keep(Readable.fromWeb(body), out);
}

/** Through a file, because a bundle may be larger than memory. */
async function keep(body: Readable, out: string): Promise<void> {
  const archive = `${out}.part`;
  const progress = new Progress();
  try {
    await pipeline(
      body,
      progress.bytes((size) => `received ${size}`),
      createWriteStream(archive, { mode: 0o600, flags: "wx" }),
    );
    progress.clear();
    if (out.endsWith(".tar")) renameSync(archive, out);
    else unpackBundle(archive, out);
    rmSync(archive, { force: true });
  } catch (problem) {
    progress.clear();
    // A file of this name that was there before belongs to somebody else.
    const isOurs = !(problem instanceof Error && "code" in problem && problem.code === "EEXIST");
    if (isOurs) rmSync(archive, { force: true });
    throw problem;
  }
}

/** For convenience only: whoever verifies gets the key from the operator, not from the bundle. */
async function verifierKey(place: CollectorPlace): Promise<string | undefined> {
  try {
    const answer = await reach(place, "/.well-known/caum-verifier-keys", {});
    const { keys } = (await answer.json()) as { keys?: readonly { vkey?: string }[] };
    return keys?.[0]?.vkey;
  } catch {
    // The bundle is there; its reader asks for the key.
    return undefined;
  }
}

async function reach(
  { url }: CollectorPlace,
  path: string,
  headers: Record<string, string>,
): Promise<Response> {
  try {
    return await fetch(doorUrl(url, path), { headers });
  } catch {
    throw new Error(`no collector answers at ${url}: pass --url or CAUM_URL`);
  }
}
