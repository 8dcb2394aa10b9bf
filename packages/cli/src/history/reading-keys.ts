import { hash } from "node:crypto";
import { SessionKeys } from "@caum/core/adapter";

type Purpose = Parameters<SessionKeys["digest"]>[0];

/**
 * Keys of a session that is only looked at: its values are compared in memory, and gone afterwards.
 *
 * What is compared and never shown needs no key, and costs half as much without. Names, which are
 * shown as tags, are keyed as ever.
 */
export class ReadingKeys extends SessionKeys {
  override digest(purpose: Purpose, data: Uint8Array | string): string {
    return purpose === "name" ? super.digest(purpose, data) : hash("sha256", data, "hex");
  }
}
