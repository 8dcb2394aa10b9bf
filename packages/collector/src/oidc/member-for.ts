/** Which member somebody is whom a provider has vouched for. */
import { refusalError } from "../http/door-error.ts";
import { lowerAscii } from "../rows/names/lower-ascii.ts";
import { isSameLabel, type MemberRow } from "../rows/people/member-rows.ts";
import type { Store } from "../store/store.ts";
import { newMemberId } from "../tenants/people/members.ts";
import { type Identity, SignInRefused } from "./identity.ts";

interface Place {
  readonly store: Store;
  readonly tenant: number;
  /** Of whose addresses everybody may be a viewer. */
  readonly domains: readonly string[];
  readonly nowMs: number;
}

/**
 * Finds the member, or admits one.
 *
 * @throws {SignInRefused} when nobody invited them
 */
export async function memberFor(
  { subject, verifiedEmail: email }: Identity,
  { store, tenant, domains, nowMs }: Place,
): Promise<string> {
  const members = await store.reader.members.members(tenant);
  const known = members.find((member) => member.subject === subject);
  if (known !== undefined) return known.id;
  if (email === undefined) throw new SignInRefused("unverified");
  const invited = members.find(({ label }) => isSameLabel(label, email));
  if (invited !== undefined) return invitedMember(invited, nowMs);
  if (!domains.includes(domainOf(email))) throw new SignInRefused("not_invited");
  const member = { id: newMemberId(), role: "viewer", label: email, createdMs: nowMs } as const;
  const admitted = await store.administer({ kind: "admit_member", tenant, member, subject });
  if (admitted.kind === "done") return member.id;
  if (admitted.code !== "CONFLICT") throw refusalError(admitted.code);
  // Two tabs at once: the other one was admitted.
  const now = await store.reader.members.members(tenant);
  const admittedNow = now.find((other) => other.subject === subject);
  if (admittedNow !== undefined) return admittedNow.id;
  throw new SignInRefused("full");
}

function invitedMember(
  { id, subject, joinedMs, invitedUntilMs }: MemberRow,
  nowMs: number,
): string {
  // Whoever gets an address that somebody else had before does not get what they could do.
  if (subject !== undefined) throw new SignInRefused("other_person");
  const isOver = joinedMs === undefined && (invitedUntilMs ?? 0) <= nowMs;
  if (isOver) throw new SignInRefused("invitation_over");
  return id;
}

function domainOf(email: string): string {
  return lowerAscii(email.slice(email.lastIndexOf("@") + 1));
}
