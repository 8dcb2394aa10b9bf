/** People of a tenant: invited by a link, signed in by it, changed and removed. */
import { randomBytes } from "node:crypto";
import { DoorError, refusalError } from "../../http/door-error.ts";
import { MAX_MEMBERS, type NewBrowser, type Role } from "../../rows/people/member-rows.ts";
import type { SignInRow } from "../../rows/sign-in-rows.ts";
import type { CommandAnswer } from "../../store/command.ts";
import type { Store } from "../../store/store.ts";
import { formatSecret, hashSecret, SECRET_BYTES } from "../secret.ts";
import { INVITATION_MS, MEMBER_BROWSER_MS, type SignIns } from "../sign-ins.ts";

/** When somebody was here last is known to that precision: a row is written so often at most. */
const SEEN_EVERY_MS = 5 * 60_000;
const MAX_SEEN = 10_000;
const ID_BYTES = 8;

/** A link that makes somebody a member, or signs one in again. */
export interface Invitation {
  readonly memberId: string;
  /** Shown once: what is stored is its hash. */
  readonly secret: string;
  readonly expiresMs: number;
}

export class Members {
  readonly #store: Store;
  readonly #signIns: SignIns;
  readonly #clock: () => number;
  readonly #seen = new Map<string, number>();

  constructor(store: Store, signIns: SignIns, clock: () => number) {
    this.#store = store;
    this.#signIns = signIns;
    this.#clock = clock;
  }

  /** @throws {DoorError} 409 when somebody has this label, or there is no room */
  async invite(
    tenant: number,
    { label, role }: { readonly label: string; readonly role: Role },
  ): Promise<Invitation> {
    const createdMs = this.#clock();
    const invitation = this.#newInvitation(newMemberId());
    const { memberId: id, secret, expiresMs } = invitation;
    const member = { id, role, label, createdMs };
    const hash = hashSecret(secret);
    const invited = await this.#store.administer({
      kind: "invite_member",
      tenant,
      member,
      hash,
      expiresMs,
    });
    if (invited.kind === "done") return invitation;
    if (invited.code !== "CONFLICT") throw refusalError(invited.code);
    const message = `somebody has this label, or there are ${MAX_MEMBERS} members: choose another, or remove one`;
    throw new DoorError("CONFLICT", message);
  }

  /** Another link for somebody who lost theirs, or whose browser is signed in no more. */
  async renew(tenant: number, memberId: string): Promise<Invitation> {
    const invitation = this.#newInvitation(memberId);
    const { secret, expiresMs } = invitation;
    const hash = hashSecret(secret);
    checkMember(
      await this.#store.administer({ kind: "renew_invitation", tenant, memberId, hash, expiresMs }),
    );
    return invitation;
  }

  /**
   * Signs a browser in, once.
   *
   * @returns what the browser keeps; undefined when the link was used, taken back or is too old
   */
  async open(secret: string): Promise<string | undefined> {
    const invitation = await this.#signIns.invitation(secret);
    if (invitation?.memberId === undefined) return undefined;
    const { tenant, memberId } = invitation;
    const { secret: browser, ...newBrowser } = this.newBrowser();
    const hash = hashSecret(secret);
    const opened = await this.#store.administer({
      kind: "open_invitation",
      tenant,
      memberId,
      hash,
      ...newBrowser,
    });
    if (opened.kind === "done") return browser;
    if (opened.code === "NOT_FOUND") return undefined;
    throw refusalError(opened.code);
  }

  async setRole(tenant: number, memberId: string, role: Role): Promise<void> {
    checkMember(await this.#store.administer({ kind: "set_member_role", tenant, memberId, role }));
    // Afterwards, so that nobody who asks meanwhile remembers what they could do before.
    this.#signIns.forget();
  }

  async remove(tenant: number, memberId: string): Promise<void> {
    checkMember(await this.#store.administer({ kind: "remove_member", tenant, memberId }));
    this.#signIns.forget();
  }

  /** Notes that a member was here; nobody waits for it. */
  see({ tenant, memberId }: Pick<SignInRow, "tenant"> & Partial<SignInRow>): void {
    if (memberId === undefined) return;
    const nowMs = this.#clock();
    // A clock that was set back must not keep it from being noted.
    if (Math.abs(nowMs - (this.#seen.get(memberId) ?? 0)) < SEEN_EVERY_MS) return;
    if (this.#seen.size >= MAX_SEEN) this.#seen.clear();
    this.#seen.set(memberId, nowMs);
    this.#store.administer({ kind: "see_member", tenant, memberId, nowMs }).catch(() => {});
  }

  /** A secret for a browser, and what of it a command takes. */
  newBrowser(): NewBrowser & { readonly secret: string } {
    const secret = formatSecret("caum_browser_", randomBytes(SECRET_BYTES));
    const nowMs = this.#clock();
    return {
      secret,
      browserHash: hashSecret(secret),
      browserUntilMs: nowMs + MEMBER_BROWSER_MS,
      nowMs,
    };
  }

  #newInvitation(memberId: string): Invitation {
    const secret = formatSecret("caum_invitation_", randomBytes(SECRET_BYTES));
    return { memberId, secret, expiresMs: this.#clock() + INVITATION_MS };
  }
}

export function newMemberId(): string {
  return `member_${randomBytes(ID_BYTES).toString("hex")}`;
}

function checkMember(answer: CommandAnswer): void {
  if (answer.kind === "done") return;
  if (answer.code !== "NOT_FOUND") throw refusalError(answer.code);
  throw new DoorError("NOT_FOUND", "there is no such member");
}
