/**
 * The address of a door of a collector, which may stand below a path of its own.
 *
 * @param url the collector's, with or without a slash at the end
 * @param path the door's, from a slash on
 */
export function doorUrl(url: string, path: string): URL {
  const base = new URL(url);
  base.search = "";
  base.hash = "";
  return new URL(`${base.href.replace(/\/+$/, "")}${path}`);
}
