import { useEffect, useState } from "preact/hooks";
import { below, inside } from "../server/base-path.ts";

type PageName =
  | "compare"
  | "overview"
  | "sessions"
  | "loops"
  | "workflows"
  | "alerts"
  | "settings"
  | "start";

/** Where in the page somebody is. */
export type Place =
  | { readonly page: PageName | "unknown" }
  | { readonly page: "session"; readonly id: string }
  | { readonly page: "workflow"; readonly name: string };

const SESSION_PATH = /^\/(?:dashboard|live\/sessions)\/([^/]+)$/;
const WORKFLOW_PATH = /^\/workflows\/([^/]+)$/;

const PAGES: ReadonlyMap<string, PageName> = new Map([
  ["/", "sessions"],
  ["/overview", "overview"],
  ["/compare", "compare"],
  ["/loops", "loops"],
  ["/workflows", "workflows"],
  ["/alerts", "alerts"],
  ["/onboarding", "start"],
  ["/settings", "settings"],
]);

/** @returns undefined when the path is none of the page's */
export function placeOf(pathname: string): Place | undefined {
  const id = SESSION_PATH.exec(pathname)?.[1];
  if (id !== undefined) return { page: "session", id: decoded(id) };
  const name = WORKFLOW_PATH.exec(pathname)?.[1];
  if (name !== undefined) return { page: "workflow", name: decoded(name) };
  const page = PAGES.get(pathname);
  return page && { page };
}

export function sessionPath(id: string): string {
  return `/dashboard/${encodeURIComponent(id)}`;
}

export function comparePath(one: string, other: string): string {
  return `/compare?${new URLSearchParams({ a: one, b: other })}`;
}

export function workflowPath(name: string): string {
  return `/workflows/${encodeURIComponent(name)}`;
}

/** The place, and again whenever a link of the page is followed. */
export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const settle = () => setPlace(here());
    addEventListener("popstate", settle);
    addEventListener("click", follow);
    return () => {
      removeEventListener("popstate", settle);
      removeEventListener("click", follow);
    };
  }, []);
  return place;
}

function here(): Place {
  return placeOf(inside(location.pathname)) ?? { page: "unknown" };
}

/** Goes to a path of the page without loading it again. */
export function goTo(path: string): void {
  open(new URL(below(path), location.href));
}

/** Follows a link inside the page without loading it again. */
function follow(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
  if (!link || !isPlain || link.origin !== location.origin || link.hasAttribute("download")) return;
  if (placeOf(inside(link.pathname)) === undefined) return;
  event.preventDefault();
  open(link);
}

function open({ href, pathname }: { readonly href: string; readonly pathname: string }): void {
  const isElsewhere = pathname !== location.pathname;
  history.pushState(null, "", href);
  dispatchEvent(new PopStateEvent("popstate"));
  if (isElsewhere) scrollTo(0, 0);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
