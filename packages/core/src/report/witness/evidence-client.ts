/** Asks a collector for what it signed; whatever is not answered as expected counts as not given. */
import { parseReceipt, type ReceiptClaim } from "../../evidence/receipt.ts";
import type { Address } from "../upstream/address.ts";
import { isCount, isHash, isObject, jsonOf } from "../upstream/answer.ts";
import type { Transport } from "../upstream/http-transport.ts";

const HTTP_OK = 200;

/** A proof that one signed tree begins with an earlier one. */
export interface ConsistencyClaim {
  readonly hashes: readonly string[];
  /** The signed note of the later tree. */
  readonly checkpoint: string;
}

export class EvidenceClient {
  readonly #address: Address;
  readonly #transport: Transport;

  constructor(address: Address, transport: Transport) {
    this.#address = address;
    this.#transport = transport;
  }

  /** The verifier keys that the collector names as its own. */
  async verifierKeys(): Promise<readonly string[]> {
    const keys = jsonOf(await this.#get(".well-known/caum-verifier-keys"))?.keys;
    if (!Array.isArray(keys)) return [];
    return keys.flatMap((key: unknown) =>
      isObject(key) && typeof key.vkey === "string" ? [key.vkey] : [],
    );
  }

  /** The receipt for the record at this place in the tree of the session. */
  async receipt(sessionId: string, index: number): Promise<ReceiptClaim | undefined> {
    const text = await this.#get(`${pathOf(sessionId)}/receipt?index=${index}`);
    try {
      return parseReceipt(Buffer.from(text));
    } catch {
      return undefined;
    }
  }

  async consistency(sessionId: string, from: number): Promise<ConsistencyClaim | undefined> {
    const text = await this.#get(`${pathOf(sessionId)}/consistency?from=${from}`);
    const { from: first, hashes, checkpoint } = jsonOf(text) ?? {};
    const isWhole = isCount(first) && Array.isArray(hashes) && hashes.every(isHash);
    return isWhole && typeof checkpoint === "string" ? { hashes, checkpoint } : undefined;
  }

  /** Hands over our signature on what the collector signed; a collector without it is no failure. */
  async cosign(sessionId: string, note: string): Promise<void> {
    await this.#transport({
      method: "POST",
      url: this.#address.at(`${pathOf(sessionId)}/cosign`),
      headers: this.#address.headers("application/json"),
      body: JSON.stringify({ note }),
    });
  }

  async #get(path: string): Promise<string> {
    const url = this.#address.at(path);
    const headers = this.#address.headers();
    const answer = await this.#transport({ method: "GET", url, headers });
    return answer.status === HTTP_OK ? answer.body : "";
  }
}

function pathOf(sessionId: string): string {
  return `v1/session/${encodeURIComponent(sessionId)}`;
}
