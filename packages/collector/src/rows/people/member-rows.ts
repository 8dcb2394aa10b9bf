/** People of a tenant: what they are called, and what each may do. */
import { lowerAscii } from "../names/lower-ascii.ts";

export const ROLES = ["viewer", "admin"] as const;
/** A `viewer` looks; an `admin` also changes what is set, and who is a member. */
export type Role = (typeof ROLES)[number];

/** What browsers of a role may do. */
export const ROLE_SCOPES = {
  viewer: ["read"],
  admin: ["read", "admin"],
} as const satisfies Readonly<Record<Role, readonly string[]>>;

/** Of one tenant; the list is read as a whole. */
export const MAX_MEMBERS = 500;

export interface MemberRow {
  readonly id: string;
  readonly role: Role;
  /** A name or an e-mail address, as whoever invited them wrote it. */
  readonly label: string;
  /** Digest of who an identity provider says that they are; undefined for those who never came by one. */
  readonly subject: string | undefined;
  readonly createdMs: number;
  /** Undefined while they are invited only. */
  readonly joinedMs: number | undefined;
  readonly seenMs: number | undefined;
  /** Until when their link can be used; undefined when it was, or there is none. */
  readonly invitedUntilMs: number | undefined;
}

export interface MemberReader {
  /** In the order in which they were invited. */
  members(tenant: number): Promise<readonly MemberRow[]>;
  member(tenant: number, id: string): Promise<MemberRow | undefined>;
}

/** A browser that is about to be signed in. */
export interface NewBrowser {
  /** SHA-256 of the secret that it keeps. */
  readonly browserHash: string;
  readonly browserUntilMs: number;
  readonly nowMs: number;
}

interface OfMember {
  readonly tenant: number;
  readonly memberId: string;
}

/** Those that name a member are refused as NOT_FOUND when it is not there. */
export type MemberCommand =
  | {
      /** Refused as CONFLICT when one has this label, or there are {@link MAX_MEMBERS}. */
      readonly kind: "invite_member";
      readonly tenant: number;
      readonly member: Pick<MemberRow, "id" | "role" | "label" | "createdMs">;
      /** SHA-256 of the link's secret. */
      readonly hash: string;
      readonly expiresMs: number;
    }
  /** The link before can be used no more. */
  | ({
      readonly kind: "renew_invitation";
      readonly hash: string;
      readonly expiresMs: number;
    } & OfMember)
  /** Signs a browser in, once; refused as NOT_FOUND when the link was used or taken back. */
  | ({ readonly kind: "open_invitation"; readonly hash: string } & OfMember & NewBrowser)
  /**
   * Signs a browser in for whom an identity provider knows, who is from now on this member. Refused as
   * CONFLICT when the member is somebody else, or somebody else is the member.
   */
  | ({ readonly kind: "sign_in_member"; readonly subject: string } & OfMember & NewBrowser)
  | {
      /** Somebody who needs no invitation. Refused as CONFLICT like an invitation. */
      readonly kind: "admit_member";
      readonly tenant: number;
      readonly member: Pick<MemberRow, "id" | "role" | "label" | "createdMs">;
      readonly subject: string;
    }
  /** Their browsers are signed out, unless it is the role that they have. */
  | ({ readonly kind: "set_member_role"; readonly role: Role } & OfMember)
  /** Their link and their browsers go as well. */
  | ({ readonly kind: "remove_member" } & OfMember)
  | ({ readonly kind: "see_member"; readonly nowMs: number } & OfMember);

/** Capitals of ASCII are like small letters; nothing else is, or other addresses would be taken for one. */
export function isSameLabel(one: string, other: string): boolean {
  return lowerAscii(one) === lowerAscii(other);
}
