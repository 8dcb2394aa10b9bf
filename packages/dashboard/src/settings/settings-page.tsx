import { useAddress } from "../parts/address.ts";
import type { Account } from "../server/account.ts";
import { KeysSection } from "./keys/keys-section.tsx";
import { MembersSection } from "./members-section.tsx";
import { PackSection } from "./pack-section.tsx";
import { RetentionSection } from "./retention-section.tsx";
import { UsageSection } from "./usage-section.tsx";

/** One tab each, in this order; the first one opens where the address names none. */
const SECTIONS = [
  { name: "keys", title: "Keys", isForAdmins: true, Part: KeysSection },
  { name: "retention", title: "Retention", isForAdmins: true, Part: RetentionSection },
  { name: "members", title: "Members", isForAdmins: true, Part: MembersSection },
  { name: "usage", title: "Usage", isForAdmins: false, Part: UsageSection },
  { name: "pack", title: "Evidence pack", isForAdmins: false, Part: PackSection },
] as const;

/** What somebody settles for a whole account. */
export function SettingsPage({ account }: { readonly account: Account }) {
  const { query } = useAddress();
  const asked = query.get("section");
  const { name, title, isForAdmins, Part } =
    SECTIONS.find((section) => section.name === asked) ?? SECTIONS[0];
  const isAllowed = !isForAdmins || account.scopes.includes("admin");
  return (
    <main>
      <h1>Settings</h1>
      <nav class="tabs" aria-label="Sections">
        {SECTIONS.map((section) => (
          <a
            key={section.name}
            href={`/settings?section=${section.name}`}
            aria-current={section.name === name ? "page" : undefined}
          >
            {section.title}
          </a>
        ))}
      </nav>
      {isAllowed ? <Part key={name} /> : <ForAdmins title={title} />}
    </main>
  );
}

function ForAdmins({ title }: { readonly title: string }) {
  return (
    <section class="panel padded" aria-label={title}>
      <h2>{title}</h2>
      <p>
        This needs the role admin. Ask an admin for it, or sign in with a key that has the scope{" "}
        <code>admin</code>: <code>caum collector keys</code> prints the first one on the machine of
        the collector.
      </p>
    </section>
  );
}
