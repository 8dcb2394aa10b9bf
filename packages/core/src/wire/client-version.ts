/** The release of a vendor's client, as it tells the servers; undefined when it tells none. */
export function clientVersion(client: object): string | undefined {
  try {
    // A method of the vendors' clients; of anything else it may be missing, or be anything.
    const { getUserAgent } = client as { getUserAgent?: () => unknown };
    return /\/JS (\d+\.\d+\.\d+)/u.exec(String(getUserAgent?.call(client)))?.[1];
  } catch {
    return undefined;
  }
}
