import { useState } from "preact/hooks";
import { useAnswer } from "../parts/use-answer.ts";
import {
  type Invitation,
  invite,
  listMembers,
  type Member,
  type Role,
  removeMember,
  renewLink,
  setRole,
} from "../server/people/members.ts";
import { InvitationLink, InviteForm } from "./invite-form.tsx";
import { MemberEntry } from "./member-entry.tsx";
import { Question } from "./question.tsx";
import { Section } from "./section.tsx";

/** People who may sign in without a key, and what they may do. */
export function MembersSection() {
  const { answer, failure, isLoading, again } = useAnswer(listMembers);
  const [refusal, setRefusal] = useState<string>();
  const [invitation, setInvitation] = useState<Invitation>();
  /** Who is to go, until somebody agrees. */
  const [leaving, setLeaving] = useState<Member>();
  const act = async (action: () => Promise<unknown>): Promise<boolean> => {
    setRefusal(undefined);
    try {
      await action();
      return true;
    } catch (problem) {
      setRefusal(problem instanceof Error ? problem.message : "that did not work");
      return false;
    } finally {
      again();
    }
  };
  const show = async (ask: () => Promise<Invitation>) => {
    // The one before may be used, or is taken back by this.
    setInvitation(undefined);
    setInvitation(await ask());
  };
  const remove = ({ member_id: id }: Member) =>
    act(async () => {
      await removeMember(id);
      if (invitation?.member_id === id) setInvitation(undefined);
    });
  const link = invitation && { ...invitation, label: labelOf(answer, invitation.member_id) };
  return (
    <Section
      title="Members"
      failure={refusal ?? failure}
      isLoading={answer === undefined && isLoading}
    >
      <InviteForm onInvite={(label, role) => act(() => show(() => invite(label, role)))} />
      <div role="status">{link !== undefined && <InvitationLink {...link} />}</div>
      {answer?.length === 0 && (
        <p class="quiet">
          Nobody yet. A member signs in without a key: invite one, and send the link.
        </p>
      )}
      <ul class="plain-list entries">
        {answer?.map((member) => (
          <MemberEntry
            key={member.member_id}
            member={member}
            onRole={(role: Role) => act(() => setRole(member.member_id, role))}
            onLink={() => act(() => show(() => renewLink(member.member_id)))}
            onRemove={() => setLeaving(member)}
          />
        ))}
      </ul>
      {leaving !== undefined && (
        <Question
          title={`Remove ${leaving.label}?`}
          yes="Remove"
          onYes={() => void remove(leaving)}
          onClose={() => setLeaving(undefined)}
        >
          Their browsers are signed out, and their link opens nothing any more. Keys that they made
          stay: revoke them as well.
        </Question>
      )}
    </Section>
  );
}

function labelOf(members: readonly Member[] | undefined, id: string): string {
  return members?.find((member) => member.member_id === id)?.label ?? "the new member";
}
