/** The path below which a collector is reached that is not alone on its host, such as `/caum`. */
import type { Routes } from "./routes.ts";

/** Characters that no part of the way writes in another form (RFC 3986, section 2.3). */
const BASE_PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+$/;

/**
 * @param told what the operator gave; that of the public URL where it is absent
 * @returns without a slash at the end; "" where there is none
 * @throws {RangeError} when it is no such path, or the public URL has another one
 */
export function basePathOf(told: string | undefined, publicUrl: string | undefined): string {
  const path = told === undefined ? undefined : plain(told, "--base-path");
  if (publicUrl === undefined || !URL.canParse(publicUrl)) return path ?? "";
  const reached = plain(new URL(publicUrl).pathname, "the path of --public-url");
  if (path === undefined || path === reached) return reached;
  throw new RangeError("--public-url ends with another path than --base-path: give them the same");
}

function plain(text: string, name: string): string {
  const path = text.replace(/\/+$/, "");
  if (path === "" || BASE_PATH.test(path)) return path;
  throw new RangeError(`${name} is no plain path: give one like /caum`);
}

/** What a door is asked for, whether the proxy in front has taken the path away or passed it on. */
export function belowBasePath(basePath: string, url: string): string {
  if (basePath === "" || !url.startsWith(basePath)) return url;
  const rest = url.slice(basePath.length);
  if (rest === "" || rest.startsWith("?")) return `/${rest}`;
  return rest.startsWith("/") ? rest : url;
}

/**
 * A door below a path of its own name could not be told from the door itself.
 *
 * @throws {RangeError} when a path of the collector's own begins like that
 */
export function checkBasePath(basePath: string, routes: Routes): void {
  const [, first = ""] = basePath.split("/", 2);
  if (first === "" || !routes.beginWith(first)) return;
  throw new RangeError(
    "--base-path begins like a path of the collector's own: choose another, like /caum",
  );
}
