import type { BundleVerdict } from "../rules/findings.ts";
import type { TimeStamp } from "../time-stamp/time-stamp.ts";
import type { SignedBy } from "./signed-by.ts";

/** Why a bundle proves nothing. */
const NOTHING: Partial<Readonly<Record<BundleVerdict, string>>> = {
  malformed: "it cannot be read as a bundle to its end",
  untrusted: "not every key that was given signed it",
  tampered: "it is not what was signed",
  forked: "it holds two histories that contradict each other",
  incomplete: "records of it are missing",
};

interface Facts {
  readonly verdict: BundleVerdict;
  /** Lines read, and how many of them are under a signed root that they have. */
  readonly records: number;
  readonly size: number;
  /** Size of the largest head that is shown to be in the log of the collector. */
  readonly logged: number;
  readonly signers: readonly SignedBy[];
  readonly timeStamps: readonly TimeStamp[];
}

/** One sentence: what is proved, by whom, since when at the latest, and what is not. */
export function provenIn(facts: Facts): string {
  const { verdict, records, size, logged, signers, timeStamps } = facts;
  const why = NOTHING[verdict];
  if (why !== undefined) return `Nothing is proved: ${why}.`;
  const those = signers.filter(({ upTo }) => upTo >= size);
  const names = (role: SignedBy["role"]) => [
    ...new Set(those.filter((signer) => signer.role === role).map(({ name }) => name)),
  ];
  const [signed, cosigned] = [names("signed"), names("co-signed")];
  const which = size === records ? `All ${records} records are` : `The first ${size} records are`;
  const inLog = size > 0 && logged >= size ? " (their head is in the collector's log)" : "";
  const told = [
    ...(signed.length > 0 ? [`${listed(signed)} signed them${inLog}`] : []),
    ...(cosigned.length > 0 ? [`${listed(cosigned)} co-signed them`] : []),
  ].join(" and ");
  const stamps = timeStamps
    .filter((stamp) => (stamp.size ?? -1) >= size)
    .map(({ authority, ...stamp }) => ({ ...stamp, name: authority ?? "" }));
  const [seen] = [...those, ...stamps]
    .filter(({ timeSeconds, timeFault }) => timeSeconds !== null && timeFault === null)
    .toSorted((a, b) => (a.timeSeconds ?? 0) - (b.timeSeconds ?? 0));
  const time = seen ? `, at ${isoTime(seen.timeSeconds ?? 0)} at the latest by ${seen.name}` : "";
  const when = seen ? "what happened before that" : "when";
  const rewrite =
    cosigned.length > 0
      ? "that all who signed did not rewrite them together"
      : "that who signed did not rewrite them all";
  return `${which} as ${told}${time}; not proved: ${when}, and ${rewrite}.`;
}

/** A time in seconds since 1970 as text; one that no calendar has is in the future, and not told. */
function isoTime(seconds: number): string {
  return `${new Date(seconds * 1_000).toISOString().slice(0, 19)}Z`;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
