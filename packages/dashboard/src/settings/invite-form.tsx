import { CopyButton } from "../parts/command.tsx";
import { moment } from "../parts/format.ts";
import type { Role } from "../server/people/members.ts";

const MOST_CHARACTERS = 100;

interface FormProperties {
  /** Resolves to whether it was taken: only then the form is empty again. */
  readonly onInvite: (label: string, role: Role) => Promise<boolean>;
}

export function InviteForm({ onInvite }: FormProperties) {
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const { target: form } = event;
    const { label, role } = Object.fromEntries(new FormData(form));
    if (await onInvite(String(label), role === "admin" ? "admin" : "viewer")) form.reset();
  };
  return (
    <form class="line" onSubmit={submit}>
      <label class="spread">
        <span class="quiet">name or e-mail address</span>
        <input name="label" maxLength={MOST_CHARACTERS} autocomplete="off" required />
      </label>
      <label>
        <span class="quiet">as</span>
        <select name="role">
          <option value="viewer">viewer, who looks</option>
          <option value="admin">admin, who changes too</option>
        </select>
      </label>
      <button type="submit" class="first">
        Invite
      </button>
    </form>
  );
}

interface LinkProperties {
  readonly label: string;
  readonly link: string;
  readonly expires_at: string;
}

/** Shown once; whoever opens it is that member. */
export function InvitationLink({ label, link, expires_at: until }: LinkProperties) {
  return (
    <div>
      <p>
        Send this link to <bdi>{label}</bdi> alone. It signs one browser in, once, until{" "}
        {moment(Date.parse(until))}; it is shown here and nowhere else.
      </p>
      <div class="command">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, also by keyboard */}
        <pre tabIndex={0}>{link}</pre>
        <CopyButton text={link} label="the link" />
      </div>
    </div>
  );
}
