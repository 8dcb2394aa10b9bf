/** Which witnesses a collector asks: `<URL>=<verifier key>`, as the operator says it. */
import { parseVerifierKey, type VerifierKey } from "@caum/core/verify";

/** One witness; it may sign with several keys. */
export interface WitnessPlace {
  /** Where submissions go: the prefix of its protocol, without a slash at the end. */
  readonly url: string;
  readonly keys: readonly VerifierKey[];
}

/** The type byte of keys that sign notes: what they sign has no time. */
const NOTE_SIGNATURE = 0x01;
/** More keys than that sign nothing: all their cosignatures have to fit into one note. */
const MAX_KEYS = 16;

/**
 * Reads the settings; those of one URL are one witness.
 *
 * @throws {Error} saying what is wrong with one; it is never repeated
 */
export function witnessPlaces(settings: readonly string[]): readonly WitnessPlace[] {
  const places = new Map<string, readonly VerifierKey[]>();
  for (const setting of settings) {
    const { url, key } = placeIn(setting);
    const keys = places.get(url) ?? [];
    if (!keys.some(({ text }) => text === key.text)) places.set(url, [...keys, key]);
  }
  if ([...places.values()].flat().length > MAX_KEYS) {
    throw new Error(`a collector asks witnesses for at most ${MAX_KEYS} cosignatures`);
  }
  return [...places].map(([url, keys]) => ({ url, keys }));
}

function placeIn(setting: string): { readonly url: string; readonly key: VerifierKey } {
  const split = splitOf(setting);
  const url = split > 0 ? urlOf(setting.slice(0, split)) : undefined;
  if (url === undefined) {
    throw new Error(
      "a witness is <URL>=<verifier key>: an http or https URL without user name, as caum witness prints both",
    );
  }
  const key = parseVerifierKey(setting.slice(split + 1));
  if (key.type === NOTE_SIGNATURE) {
    throw new Error(`${key.name} is no key of a witness: cosignatures have keys of their own`);
  }
  return { url, key };
}

/** Behind the last sign that a whole key follows: an address may hold the sign, and so may a name. */
function splitOf(setting: string): number {
  return /=[^=+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$/.exec(setting)?.index ?? -1;
}

function urlOf(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, username, password, search, hash } = new URL(text);
  const isHttp = protocol === "http:" || protocol === "https:";
  return isHttp && username + password + search + hash === ""
    ? text.replace(/\/+$/, "")
    : undefined;
}
