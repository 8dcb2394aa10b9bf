import { THIS_MACHINE } from "./desktop-rule.ts";

/** Where it goes, without the part that lets others send there, or tells who reads it. */
export function maskDestination(destination: string): string {
  if (destination === THIS_MACHINE) return destination;
  if (!URL.canParse(destination)) return `...${destination.slice(destination.lastIndexOf("@"))}`;
  return `${new URL(destination).origin}/...`;
}
