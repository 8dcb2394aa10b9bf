/** Re-checks an exported session in the browser, by the rules of `caum verify`. */
import { type Bundle, checkBundle, readVerifierKey, type Slice } from "@caum/core/verify/rules";
import { openArchive } from "./open-archive.ts";
import { Signatures } from "./signatures.ts";

export type Verification = ReturnType<typeof checkBundle>;

/** What the bundle is held against. */
export interface Expected {
  /** Verifier keys, as text; nothing in the bundle can add one. */
  readonly keys: readonly string[];
  /** The session that it should be of. */
  readonly session?: string;
  /** Milliseconds since 1970; now, when it is left out. */
  readonly nowMs?: number;
}

/**
 * @param archive the bytes of a .tar, .tar.gz or .zip
 * @throws {EvidenceError} when a key is none
 * @throws {Error} when the browser cannot check signatures
 */
export async function verifyBundle(
  archive: Uint8Array<ArrayBuffer>,
  { keys, session, nowMs }: Expected,
): Promise<Verification> {
  const signatures = new Signatures();
  const options = {
    keys: keys.map((text) => readVerifierKey(text.trim(), signatures.platform)),
    ...(session === undefined ? {} : { expectSession: session }),
    ...(nowMs === undefined ? {} : { nowMs }),
  };
  const open = await opened(archive);
  // The first time round every signature is a question; a key that is replaced makes more.
  for (;;) {
    const verification = checkBundle(open, options, signatures.platform);
    if (!(await signatures.answer())) return verification;
  }
}

async function opened(archive: Uint8Array<ArrayBuffer>): Promise<() => Bundle<Slice>> {
  try {
    const bundle = await openArchive(archive);
    return () => bundle;
  } catch (failure) {
    return () => {
      throw failure;
    };
  }
}
