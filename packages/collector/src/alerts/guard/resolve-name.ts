import { lookup, Resolver } from "node:dns/promises";

/** All addresses of a name; rejects, or answers none, when it has none. */
export type ResolveName = (name: string) => Promise<readonly string[]>;

const TIMEOUT_MS = 2_000;
const TRIES = 2;

/** As this machine sees the name: its hosts file, its search domains. */
export async function resolveOnSystem(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}

/**
 * As name servers see it. Strangers choose these names, so they must not be looked up on the few threads
 * of the system's resolver, where a slow server would hold up everybody.
 *
 * @param servers in place of those of this machine
 */
export async function resolveInDns(
  name: string,
  servers?: readonly string[],
): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  if (servers) resolver.setServers(servers);
  const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  return answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
}
