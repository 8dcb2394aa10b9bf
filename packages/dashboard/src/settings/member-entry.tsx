import { ago, moment } from "../parts/format.ts";
import type { Member, Role } from "../server/people/members.ts";

interface Properties {
  readonly member: Member;
  readonly onRole: (role: Role) => void;
  readonly onLink: () => void;
  readonly onRemove: () => void;
}

/** One member, with what can be done about them. */
export function MemberEntry({ member, onRole, onLink, onRemove }: Properties) {
  const { label, role } = member;
  const other = role === "viewer" ? "admin" : "viewer";
  const of = (
    <span class="hidden">
      {" "}
      <bdi>{label}</bdi>
    </span>
  );
  return (
    <li class="line">
      <b class="named">
        <bdi>{label}</bdi>
      </b>
      <span>{role}</span>
      <span class="quiet">{stateOf(member, Date.now())}</span>
      <span class="spread" />
      <button type="button" onClick={() => onRole(other)}>
        Make {other}
        {of}
      </button>
      <button type="button" onClick={onLink}>
        New link<span class="hidden"> for</span>
        {of}
      </button>
      <button type="button" onClick={onRemove}>
        Remove{of}
      </button>
    </li>
  );
}

/** Whether they are here yet, in words. */
function stateOf(member: Member, nowMs: number): string {
  const { joined_at: joined, last_seen_at: seen, link_expires_at: until } = member;
  if (joined !== null) {
    const way = member.has_provider ? " by the provider" : "";
    const last = seen === null ? "" : `, last seen ${ago(Date.parse(seen), nowMs)}`;
    return `joined ${moment(Date.parse(joined), nowMs)}${way}${last}`;
  }
  const untilMs = until === null ? 0 : Date.parse(until);
  if (untilMs <= nowMs) return "invited; the link has run out";
  return `invited; the link is good until ${moment(untilMs, nowMs)}`;
}
