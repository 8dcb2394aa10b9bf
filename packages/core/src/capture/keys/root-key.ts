import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { derive } from "./derive.ts";
import { readOrCreateKeyFile, readSmallFile } from "./key-file.ts";

/** The key that every digest of an installation comes from; it never leaves the machine. */
export interface RootKey {
  /** Names the key without revealing it: 16 hex. */
  readonly id: string;
  readonly origin: "environment" | "file" | "ephemeral" | "disclosed";
  /** Why the key is ephemeral, for one line of warning; never the key. */
  readonly problem?: string;
  /** The 32 bytes that all digests of one session come from. */
  sessionKey(sessionId: string): Uint8Array;
}

export interface RootKeyPlace {
  /** The folder CAUM_HOME. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const KEY_BYTES = 32;
const COMMAND_TIMEOUT_MS = 5_000;
const SETTING = "CAUM_DIGEST_KEY";

/**
 * Finds the root key, or makes it.
 *
 * `CAUM_DIGEST_KEY` holds it (64 hex or base64), names a file (`file:PATH`) or a command that prints
 * it (`command:CMD`); else it is `<home>/keys/digest.key`, made on first use. A setting that does not
 * work is never replaced by another stored key: the key is then random, for this process only, and
 * says why.
 */
export function loadRootKey(place: RootKeyPlace): RootKey {
  const setting = place.env[SETTING]?.trim();
  try {
    if (setting) return rootKey(keyOfSetting(setting), "environment");
    return rootKey(keyOfHome(place.home), "file");
  } catch (error) {
    return rootKey(randomBytes(KEY_BYTES), "ephemeral", problemOf(error));
  }
}

function rootKey(key: Uint8Array, origin: RootKey["origin"], problem?: string): RootKey {
  let id: string | undefined;
  return {
    // Worked out when it is asked for: who only digests has no use for it.
    get id() {
      id ??= Buffer.from(derive(key, "root-id")).toString("hex").slice(0, 16);
      return id;
    },
    origin,
    ...(problem === undefined ? {} : { problem }),
    sessionKey: (sessionId) => derive(key, `session/${sessionId}`),
  };
}

function keyOfSetting(setting: string): Uint8Array {
  if (setting.startsWith("file:")) return keyOfFile(setting.slice("file:".length));
  if (setting.startsWith("command:")) return keyOfCommand(setting.slice("command:".length));
  return parsed(setting, `${SETTING} holds neither 64 hex nor base64 of 32 bytes`);
}

function keyOfFile(path: string): Uint8Array {
  const bytes = attempt(() => readSmallFile(path), `${SETTING} names a file that cannot be read`);
  return keyOfBytes(bytes, `the file that ${SETTING} names holds no key`);
}

function keyOfCommand(command: string): Uint8Array {
  // Loaded here, because it takes longer than the rest of a hook and few have such a setting.
  const { execSync } = process.getBuiltinModule("node:child_process");
  const output = attempt(
    () =>
      execSync(command, {
        stdio: ["ignore", "pipe", "ignore"],
        timeout: COMMAND_TIMEOUT_MS,
        maxBuffer: 4_096,
        windowsHide: true,
      }),
    `the command in ${SETTING} failed`,
  );
  return keyOfBytes(output, `the command in ${SETTING} printed no key`);
}

function keyOfHome(home: string): Uint8Array {
  const path = join(home, "keys", "digest.key");
  const bytes = attempt(
    () =>
      readOrCreateKeyFile(path, () => Buffer.from(`${randomBytes(KEY_BYTES).toString("hex")}\n`)),
    "keys/digest.key can be neither read nor made",
  );
  return keyOfBytes(bytes, "keys/digest.key holds no key");
}

/** A key as 32 raw bytes, or as text. */
function keyOfBytes(bytes: Uint8Array, problem: string): Uint8Array {
  if (bytes.length === KEY_BYTES) return bytes;
  return parsed(Buffer.from(bytes).toString("latin1").trim(), problem);
}

function parsed(text: string, problem: string): Uint8Array {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, "hex");
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return Buffer.from(text, "base64");
  throw new RootKeyProblem(problem);
}

class RootKeyProblem extends Error {
  override readonly name = "RootKeyProblem";
}

function attempt(read: () => Uint8Array, problem: string): Uint8Array {
  try {
    return read();
  } catch {
    throw new RootKeyProblem(problem);
  }
}

/** Only our own sentences: a message of the system may hold a path. */
function problemOf(error: unknown): string {
  return error instanceof RootKeyProblem ? error.message : "the digest key cannot be loaded";
}
