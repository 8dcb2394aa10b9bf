/** Where it goes, without the part that lets others send there, or tells who reads it. */
export function maskDestination(destination: string): string {
  if (!URL.canParse(destination)) return `...${destination.slice(destination.lastIndexOf("@"))}`;
  return `${new URL(destination).origin}/...`;
}
