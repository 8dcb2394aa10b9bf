/** The commands of the three steps, filled in with what the reader has. */

export interface Filled {
  readonly url: string;
  readonly key: string;
  readonly sessionId: string;
  readonly sessionToken: string;
}

export function startCommand({ url, key }: Filled): string {
  const body = {
    agent_id: "agent_42",
    workflow: "support_ticket_agent",
    baseline_cost_usd: 0.05,
  };
  return post(`${url}/v2/live/start`, key, body);
}

export function eventCommand({ url, key, sessionId, sessionToken }: Filled): string {
  const body = {
    session_id: sessionId,
    session_token: sessionToken,
    event: {
      event: "tool_call",
      tool: "browser.get",
      phase: "retry",
      status: "not_found",
      state_id: "opaque_state_a",
      input_tokens: 120,
      output_tokens: 12,
      cost_usd: 0.0012,
    },
  };
  return post(`${url}/v2/live/event`, key, body);
}

function post(url: string, key: string, body: object): string {
  return [
    `curl -X POST ${quoted(url)} \\`,
    `  -H ${quoted(`Authorization: Bearer ${key}`)} \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d ${quoted(JSON.stringify(body, null, 2).replaceAll("\n", "\n  "))}`,
  ].join("\n");
}

/** One word for a shell, whatever it holds. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Session and token from the answer to the first command; undefined when it is another text. */
export function readStartAnswer(
  text: string,
): Pick<Filled, "sessionId" | "sessionToken"> | undefined {
  try {
    const answer = JSON.parse(text);
    const sessionId = answer.session?.session_id;
    const sessionToken = answer.session_token;
    const isAnswer = typeof sessionId === "string" && typeof sessionToken === "string";
    return isAnswer ? { sessionId, sessionToken } : undefined;
  } catch {
    return undefined;
  }
}
