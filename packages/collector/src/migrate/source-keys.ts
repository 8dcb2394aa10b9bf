/** The keys of a folder, which nodes on a database get as settings. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Signer } from "@caum/core/collector";
import { loadRootKey } from "@caum/core/machine";
import { shellWord } from "@caum/core/settings";
import { MigrationError } from "./migration-error.ts";

/** What every node needs in its environment. */
export interface NodeSetting {
  readonly name: "CAUM_SIGNING_KEY" | "CAUM_DIGEST_KEY" | "CAUM_FIRST_KEY";
  /** Secret. */
  readonly value: string;
  /** What a shell reads the value from, so that it need not be shown. */
  readonly source: string;
}

export interface SourceKeys {
  readonly verifierKey: string;
  /** Names the digest key without revealing it. */
  readonly digestKey: string;
  readonly settings: readonly NodeSetting[];
}

/**
 * Reads the keys, and makes none.
 *
 * @throws {MigrationError} when one is not there
 */
export function readSourceKeys(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): SourceKeys {
  const path = (name: string) => join(folder, "keys", name);
  const signing = signingSetting(path("signing.key"), env);
  for (const name of ["digest.key", "first.key"]) {
    if (!existsSync(path(name))) throw missing(path(name));
  }
  const rootKey = loadRootKey({ home: folder, env: {} });
  if (rootKey.origin !== "file") throw missing(path("digest.key"));
  return {
    verifierKey: Signer.parse(signing.value).vkey,
    digestKey: rootKey.id,
    settings: [
      signing,
      {
        name: "CAUM_DIGEST_KEY",
        value: readFileSync(path("digest.key"), "utf8").trim(),
        source: `$(cat ${shellWord(path("digest.key"))})`,
      },
      {
        name: "CAUM_FIRST_KEY",
        value: readFileSync(path("first.key")).toString("hex"),
        source: `$(od -An -v -tx1 ${shellWord(path("first.key"))} | tr -d ' \\n')`,
      },
    ],
  };
}

/** As the collector finds it: the setting goes before the file. */
function signingSetting(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): NodeSetting {
  const name = "CAUM_SIGNING_KEY";
  const setting = env[name]?.trim();
  if (setting) return { name, value: setting, source: `$${name}` };
  if (!existsSync(path)) throw missing(path);
  return { name, value: readFileSync(path, "utf8").trim(), source: `$(cat ${shellWord(path)})` };
}

function missing(path: string): MigrationError {
  return new MigrationError("no_keys", `there is no key at ${path}: without it nothing can go on`);
}
