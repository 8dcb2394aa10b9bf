import { z } from "zod";
import { isoTime } from "../../http/iso-time.ts";
import { type MemberRow, ROLES } from "../../rows/people/member-rows.ts";
import type { Services } from "../../services.ts";
import type { Invitation } from "../../tenants/people/members.ts";

const time = z.string();

export const membersAnswer = z.object({
  members: z.array(
    z.object({
      member_id: z.string(),
      role: z.enum(ROLES),
      label: z.string(),
      created_at: time,
      /** Null while they are invited only. */
      joined_at: time.nullable(),
      /** To five minutes. */
      last_seen_at: time.nullable(),
      /** Until when their link can be used; null when there is none. */
      link_expires_at: time.nullable(),
      /** Whether an identity provider has signed them in. */
      has_provider: z.boolean(),
    }),
  ),
});

export const invitationAnswer = z.object({
  member_id: z.string(),
  /** Signs one browser in, once; it is shown in this answer and nowhere else. */
  link: z.string(),
  expires_at: time,
});

export function memberEntryOf(
  member: MemberRow,
): z.output<typeof membersAnswer>["members"][number] {
  const { id, role, label, subject, createdMs, joinedMs, seenMs, invitedUntilMs } = member;
  return {
    member_id: id,
    role,
    label,
    created_at: new Date(createdMs).toISOString(),
    joined_at: isoTime(joinedMs),
    last_seen_at: isoTime(seenMs),
    link_expires_at: isoTime(invitedUntilMs),
    has_provider: subject !== undefined,
  };
}

/** The secret stands in the fragment, which no request and no log of a proxy shows. */
export function invitationOf(
  { memberId, secret, expiresMs }: Invitation,
  { policy }: Services,
): z.output<typeof invitationAnswer> {
  return {
    member_id: memberId,
    link: `${policy.publicUrl()}/#invitation=${secret}`,
    expires_at: new Date(expiresMs).toISOString(),
  };
}
