/** Where notifications of the desktop go. */
export const THIS_MACHINE = "this machine";

/** No URL and no address of a rule begins so. */
const SEALED = /^sealed:([A-Za-z0-9_-]+):(.*)$/;

/** Where it goes, without the part that lets others send there, or tells who reads it. */
export function maskDestination(destination: string): string {
  if (destination === THIS_MACHINE) return destination;
  const masked = SEALED.exec(destination)?.[2];
  if (masked !== undefined) return masked;
  if (!URL.canParse(destination)) return `...${destination.slice(destination.lastIndexOf("@"))}`;
  return `${new URL(destination).origin}/...`;
}

export function sealedText(sealed: Uint8Array, masked: string): string {
  return `sealed:${Buffer.from(sealed).toString("base64url")}:${masked}`;
}

/** The encrypted part; undefined when the destination is in clear. */
export function sealedPart(destination: string): Buffer | undefined {
  const sealed = SEALED.exec(destination)?.[1];
  return sealed === undefined ? undefined : Buffer.from(sealed, "base64url");
}
