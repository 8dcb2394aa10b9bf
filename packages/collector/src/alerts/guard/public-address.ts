/** Which addresses belong to the open internet. Everything else is somebody's inside. */
import { BlockList, isIP } from "node:net";

/**
 * IPv4 that is not for everybody (IANA special-purpose registry), and 168.63.129.16, where Azure
 * answers its machines on a public address.
 */
const INSIDE_V4 = blockListOf("ipv4", [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "168.63.129.16/32",
]);

/** The part of IPv6 that is given out at all; mapped, NAT64, local and multicast lie outside of it. */
const GLOBAL_V6 = blockListOf("ipv6", ["2000::/3"]);

/** Parts of it that hold an IPv4 address (Teredo, 6to4), or are for documents and tests. */
const INSIDE_V6 = blockListOf("ipv6", ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"]);

export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !INSIDE_V4.check(address, "ipv4");
    case 6:
      // A zone names an interface of this machine.
      if (address.includes("%")) return false;
      return GLOBAL_V6.check(address, "ipv6") && !INSIDE_V6.check(address, "ipv6");
    default:
      return false;
  }
}

function blockListOf(family: "ipv4" | "ipv6", ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", prefix] = range.split("/");
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
}
