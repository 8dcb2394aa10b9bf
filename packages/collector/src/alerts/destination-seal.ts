/** Where alerts go, encrypted under the collector's root key: the store alone lets nobody send there. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { RootKey } from "@caum/core/machine";
import type { AlertRule } from "../rows/alert-rows.ts";
import { maskDestination, sealedPart, sealedText, THIS_MACHINE } from "../rows/mask-destination.ts";
import type { Store } from "../store/store.ts";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export class DestinationSeal {
  readonly #key: Uint8Array;

  constructor(root: RootKey) {
    this.#key = root.sessionKey("alert-destinations");
  }

  /** As it is stored: what may be shown in clear, the rest encrypted for this rule alone. */
  seal(ruleId: string, destination: string): string {
    if (destination === THIS_MACHINE) return destination;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, nonce).setAAD(Buffer.from(ruleId));
    const hidden = [cipher.update(destination, "utf8"), cipher.final()];
    const sealed = Buffer.concat([nonce, cipher.getAuthTag(), ...hidden]);
    return sealedText(sealed, maskDestination(destination));
  }

  /** @returns undefined when another collector's key sealed it, or somebody changed it */
  open({ id, destination }: Pick<AlertRule, "id" | "destination">): string | undefined {
    const sealed = sealedPart(destination);
    if (sealed === undefined) return destination;
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
    try {
      const decipher = createDecipheriv(CIPHER, this.#key, nonce, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(id))
        .setAuthTag(tag);
      const hidden = sealed.subarray(NONCE_BYTES + TAG_BYTES);
      return decipher.update(hidden, undefined, "utf8") + decipher.final("utf8");
    } catch {
      return undefined;
    }
  }
}

/** Encrypts what a program before this one stored in clear. */
export async function sealOldRules(store: Store, seal: DestinationSeal): Promise<void> {
  for (const { tenant, id, destination } of await store.reader.openRules()) {
    const sealed = seal.seal(id, destination);
    await store.administer({ kind: "seal_rule", tenant, id, from: destination, to: sealed });
  }
}
