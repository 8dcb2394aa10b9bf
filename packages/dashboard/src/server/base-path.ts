/**
 * The page below the path that its collector has on its host, such as `/caum`: all of its code names paths
 * as if there were none.
 */
import { options, type VNode } from "preact";

/** Where the collector is, without a slash at the end: the script comes from below it. */
const BASE_PATH = /^https?:\/\/[^/]+(.*)\/assets\/[^/]+$/.exec(import.meta.url)?.[1] ?? "";

/** @param path of the collector, from a slash on */
export function below(path: string): string {
  return `${BASE_PATH}${path}`;
}

/** The path of the collector that a path of the host stands for. */
export function inside(pathname: string): string {
  const isBelow = pathname === BASE_PATH || pathname.startsWith(`${BASE_PATH}/`);
  return isBelow ? pathname.slice(BASE_PATH.length) || "/" : pathname;
}

/** Links that begin with a slash lead to the collector, wherever they are written. */
export function keepLinksBelow(): void {
  const before = options.vnode;
  options.vnode = (node) => {
    if (node.type === "a") lead(node);
    before?.(node);
  };
}

function lead({ props }: VNode): void {
  // True because the element is a link.
  const link = props as { href?: unknown };
  if (typeof link.href === "string" && link.href.startsWith("/")) link.href = below(link.href);
}
