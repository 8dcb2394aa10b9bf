/** Shows exactly what would be sent, sends nothing, and answers as a collector would. */
import type { HttpRequest, Transport } from "./http-transport.ts";

/** @param print one request as text; the key in it is masked, nothing else is */
export function createDryRun(print: (text: string) => void): Transport {
  return async (request) => {
    print(textOf(request));
    return { status: 200, headers: {}, body: JSON.stringify(answerTo(request)) };
  };
}

function textOf({ method, url, headers, body }: HttpRequest): string {
  const lines = Object.entries(headers).map(([name, value]) =>
    name === "authorization" ? `${name}: Bearer (your key)` : `${name}: ${value}`,
  );
  return [`${method} ${url.href}`, ...lines, "", body ?? "", ""].join("\n");
}

function answerTo({ url, body }: HttpRequest): unknown {
  if (url.pathname.endsWith("/records")) {
    return { accepted: body?.trimEnd().split("\n").length ?? 0, results: [] };
  }
  return { session: { session_id: "dry-run" }, session_token: "dry-run", evidence: {} };
}
