import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { eventCommand, readStartAnswer, startCommand } from "../src/start/commands.ts";
import { WAYS } from "../src/start/ways.ts";

const filled = {
  url: "http://127.0.0.1:4070",
  key: "caum_live_x'; echo stolen; '",
  sessionId: "it's $(mine)",
  sessionToken: "`token`",
};

/** The words that a shell makes of a command. */
function wordsOf(command: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }; ${command}`;
  return execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
}

test("whatever stands in key, session and token stays one word of the command", () => {
  expect(wordsOf(startCommand(filled))).toContain(`Authorization: Bearer ${filled.key}`);
  const body = JSON.parse(wordsOf(eventCommand(filled)).at(-1) ?? "");
  expect(body.session_id).toBe(filled.sessionId);
  expect(body.session_token).toBe(filled.sessionToken);
  expect(body.event.tool).toBe("browser.get");
});

test("session and token are read from the answer, and from nothing else", () => {
  const answer = JSON.stringify({ session: { session_id: "a" }, session_token: "b" });
  expect(readStartAnswer(answer)).toEqual({ sessionId: "a", sessionToken: "b" });
  for (const text of ["", "null", "{}", "[]", '{"session":{}}', "not json"]) {
    expect(readStartAnswer(text)).toBeUndefined();
  }
});

test("in every way in, a key stays one word of the command", () => {
  for (const { name, parts } of WAYS) {
    for (const { text } of parts) {
      const command = text(filled);
      if (!command.includes("caum_live")) continue;
      const script = `caum() { echo "$CAUM_API_KEY"; }; ${command}; printf '%s' "$CAUM_API_KEY$OTEL_EXPORTER_OTLP_HEADERS"`;
      const said = execFileSync("sh", ["-c", script], { encoding: "utf8", env: {} });
      expect(said, name).toContain(filled.key);
    }
  }
});
