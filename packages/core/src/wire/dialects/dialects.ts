import { anthropicMessages } from "./anthropic-messages.ts";
import type { Dialect } from "./model-turn.ts";
import { openaiChat } from "./openai-chat.ts";
import { openaiResponses } from "./openai-responses.ts";

/** What a request is for. */
export interface Route {
  readonly dialect: Dialect;
  /** An answer that is made in the background is asked for again and again: not a call each time. */
  readonly isRetrieval: boolean;
}

/** Ends of paths; what stands before them differs from server to server. */
const CREATE: readonly (readonly [RegExp, Dialect])[] = [
  [/\/chat\/completions\/?$/, openaiChat],
  [/\/responses\/?$/, openaiResponses],
  // Not those of a thread, which are another product's.
  [/(?<!\/threads\/[^/]+)\/messages\/?$/, anthropicMessages],
];
const RETRIEVE = /\/responses\/[^/]+\/?$/;

/**
 * The route of a model call; undefined for every other request, which is none of ours.
 *
 * @param provider whose formats the client speaks; any when absent
 */
export function routeOf(
  method: string,
  url: string,
  provider?: Dialect["provider"],
): Route | undefined {
  const route = anyRouteOf(method, url);
  return provider === undefined || route?.dialect.provider === provider ? route : undefined;
}

function anyRouteOf(method: string, url: string): Route | undefined {
  const path = pathOf(url);
  const verb = method.toUpperCase();
  if (verb === "GET" && RETRIEVE.test(path)) return { dialect: openaiResponses, isRetrieval: true };
  const dialect = verb === "POST" ? CREATE.find(([end]) => end.test(path))?.[1] : undefined;
  return dialect === undefined ? undefined : { dialect, isRetrieval: false };
}

function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}
