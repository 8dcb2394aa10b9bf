import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Signer } from "@caum/core/collector";

const CURRENT = "writer.key";
const RETIRED = /^writer\.key\.retired-/;

export interface VerifierKeyOfMachine {
  readonly vkey: string;
  readonly state: "current" | "retired";
}

/**
 * The public halves of the keys that sign, or have signed, the runs below a CAUM_HOME.
 *
 * @throws {Error} when there is none yet, or one cannot be read
 */
export function readVerifierKeys(home: string): readonly VerifierKeyOfMachine[] {
  const folder = join(home, "keys");
  const names = namesIn(folder);
  if (!names.includes(CURRENT)) {
    throw new Error(`no key in ${folder} yet: it is made with the first recorded run`);
  }
  const retired = names.filter((name) => RETIRED.test(name)).sort();
  return [CURRENT, ...retired].map((name) => ({
    vkey: vkeyIn(join(folder, name)),
    state: name === CURRENT ? "current" : "retired",
  }));
}

function vkeyIn(path: string): string {
  const text = readFileSync(path, "utf8");
  try {
    return Signer.parse(text).vkey;
  } catch {
    // The reason could repeat a part of the file, which is secret.
    throw new Error(`${path} holds no key: put back a copy of it`);
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
