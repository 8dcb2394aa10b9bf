/**
 * The name that a client's file gives a server, out of the marker of a wrapped entry
 * (`caum2:NAME:DATA`). A name that is no plain word stands there as `~` and its base64.
 */
export function entryNameOf(marker: string | undefined): string | undefined {
  const name = /^caum2:([^:]+):/.exec(marker ?? "")?.[1];
  if (!name?.startsWith("~")) return name;
  return Buffer.from(name.slice(1), "base64url").toString("utf8") || undefined;
}
