/** Where alerts may be sent: the open internet over https, and what the operator allows. */
import { isIP } from "node:net";
import { type AllowList, hostOf } from "./allow-list.ts";
import { isPublicAddress } from "./public-address.ts";
import { type ResolveName, resolveInDns, resolveOnSystem } from "./resolve-name.ts";

/** A destination that is not sent to. */
export class DestinationError extends Error {
  override readonly name = "DestinationError";
  /** `not_public`: it leads inside; `unresolved`: no address is known at the moment. */
  readonly fault: "malformed" | "not_https" | "credentials" | "not_public" | "unresolved";

  constructor(fault: DestinationError["fault"], message: string) {
    super(message);
    this.fault = fault;
  }
}

/** Names that only mean something inside, whatever a resolver answers. */
const INSIDE_NAME = /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|home|corp|arpa)$/;

/** A destination with the addresses that were checked: connections go to these and no others. */
export interface CheckedTarget {
  readonly url: URL;
  readonly addresses: readonly string[];
}

export class DestinationGuard {
  readonly #allowed: AllowList;
  readonly #resolve: ResolveName | undefined;

  /** @param resolve answers in place of the system, for all names */
  constructor(allowed: AllowList, resolve?: ResolveName) {
    this.#allowed = allowed;
    this.#resolve = resolve;
  }

  /**
   * What can be said of a destination without asking anybody.
   *
   * @throws {DestinationError}
   */
  read(destination: string): URL {
    const url = URL.canParse(destination) ? new URL(destination) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) {
      throw new DestinationError("malformed", "destination must be an https URL");
    }
    if (url.username || url.password) {
      throw new DestinationError("credentials", "destination must not hold a user or password");
    }
    if (this.#allowed.allows(url)) return url;
    if (url.protocol !== "https:") {
      throw new DestinationError("not_https", "destination must be an https URL");
    }
    const host = hostOf(url);
    const isInside =
      isIP(host) === 0 ? !host.includes(".") || INSIDE_NAME.test(host) : !isPublicAddress(host);
    if (isInside) throw notPublic();
    return url;
  }

  /**
   * The destination with its addresses of this moment. One address inside refuses them all: an answer
   * that mixes is a trick, not a mistake.
   *
   * @throws {DestinationError}
   */
  async check(destination: string): Promise<CheckedTarget> {
    const url = this.read(destination);
    const host = hostOf(url);
    if (isIP(host) !== 0) return { url, addresses: [host] };
    const isAllowed = this.#allowed.allows(url);
    const addresses = await this.#addressesOf(host, isAllowed);
    if (addresses.length === 0) {
      throw new DestinationError("unresolved", "the name of the destination has no address");
    }
    if (!isAllowed && !addresses.every(isPublicAddress)) throw notPublic();
    return { url, addresses };
  }

  async #addressesOf(name: string, isAllowed: boolean): Promise<readonly string[]> {
    try {
      if (this.#resolve) return await this.#resolve(name);
      // What the operator named may stand in a hosts file.
      return isAllowed ? await resolveOnSystem(name) : await resolveInDns(name);
    } catch {
      return [];
    }
  }
}

function notPublic(): DestinationError {
  const message =
    "destination leads into a private network: the operator can allow it with --allow-destination";
  return new DestinationError("not_public", message);
}
