import type { BlindNote } from "@caum/core/settings";

/** What could not be done without the part. */
const LOST: Readonly<Record<string, string>> = {
  node: "a server ran alone: no Node was found",
  relay: "a server ran alone: the relay was not whole",
  recorder: "a server was not recorded: the recorder failed",
  address: "a server sent its client to another address, where nothing was recorded",
  uploader: "records waited in the spool: the uploader failed",
};

/** One line for each part that was missing, with how often and when last. */
export function describeBlindness(notes: readonly BlindNote[]): readonly string[] {
  return [...new Set(notes.map(({ part }) => part))].map((part) => {
    const times = notes.filter((note) => note.part === part);
    const last = new Date(Math.max(...times.map(({ at }) => at)) * 1_000);
    const count = times.length === 1 ? "once" : `${times.length} times`;
    return `${LOST[part] ?? `${part} was missing`} (${count}, last ${last.toISOString()})`;
  });
}
