import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { afterEach, describe, expect, test } from "vitest";
import type { Advisory } from "../../src/alerts/advisory.ts";
import { mailOf } from "../../src/alerts/send/mail-message.ts";
import { slackMessage } from "../../src/alerts/send/slack-message.ts";
import { eventually, startReceiver } from "./receiver.ts";
import { startWatched, type Watched } from "./watched.ts";

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function collector(...parameters: Parameters<typeof startWatched>): Promise<Watched> {
  const started = await startWatched(...parameters);
  opened.push(() => started.stop());
  return started;
}

const HOSTILE = `<script>alert("1")</script> & <!channel> *bold* <https://evil.example|ok> :tada:`;
const NAMES = { agent_name: HOSTILE, team: "a\u202Eb\r\nBcc: all@example.com" };

function advisory(more: Partial<Advisory> = {}): Advisory {
  return {
    event: "caum.advisory",
    agent: "Claude Sonnet",
    team: "Backend",
    task: "task_0123456789abcdef",
    session_id: "fix-auth-bug",
    step: 14,
    regime: "LOOP",
    uds: 0.22,
    tier: "T4",
    total_steps: 14,
    total_cost: 0.42,
    message: "CAUM Advisory: LOOP at step 14, UDS=0.22, Tier=T4",
    dashboard_url: "https://caum.example.com/dashboard/fix-auth-bug",
    timestamp: "2026-04-03T10:00:00.000Z",
    ...more,
  };
}

describe("Slack", () => {
  test("a message is Block Kit, and arrives at the hook", async () => {
    const slack = await startReceiver((response) => void response.writeHead(200).end("ok"));
    opened.push(() => slack.close());
    const client = await collector([slack.place], { publicUrl: "https://caum.example.com" });
    await client.addRules({ action_type: "slack", destination: slack.url });
    await client.loop("fix-auth-bug", { ...NAMES, cost_usd: 0.105 });
    const [request] = await eventually(
      () => slack.received,
      ({ length }) => length > 0,
    );
    const { text, blocks } = JSON.parse(request?.body ?? "");
    expect(text).toMatch(
      / has called `bash` 4 times in a row with the same question \(about \$0\.42\)\./,
    );
    expect(blocks.map(({ type }: { type: string }) => type)).toEqual([
      "header",
      "section",
      "section",
      "context",
    ]);
    expect(request?.body).not.toMatch(/<script|<!channel|<https:\/\/evil/);
    expect(request?.body).toContain("<https://caum.example.com/dashboard/fix-auth-bug|Open the");
    expect(request?.headers["webhook-signature"]).toBeUndefined();
  });

  test("names are plain text, escaped, without line ends and directions", () => {
    const message = JSON.stringify(slackMessage(advisory({ agent: HOSTILE, team: NAMES.team })));
    expect(message).toContain('&lt;script&gt;alert(\\"1\\")&lt;/script&gt; &amp; &lt;!channel&gt;');
    expect(message).toContain('"Team: a b Bcc: all@example.com"');
    // The one piece of markup is the link to the session.
    expect(message.match(/"mrkdwn"/g)).toHaveLength(2);
    expect(message).toContain('"mrkdwn":false');
    expect(message).not.toContain('"emoji":true');
  });

  test("what is too long is cut within Slack's limits, never inside of an escape", () => {
    const long = "&".repeat(5_000);
    const message = slackMessage(
      advisory({ agent: long, session_id: long, message: long, team: "😀".repeat(300) }),
    ) as { blocks: { text?: { text: string }; fields?: { text: string }[] }[] };
    const [header, facts, link] = message.blocks;
    expect(header?.text?.text).toBe("&amp;".repeat(30));
    expect(header?.text?.text.length).toBeLessThanOrEqual(150);
    expect(facts?.fields).toHaveLength(8);
    for (const { text } of facts?.fields ?? []) {
      expect(text.length).toBeLessThanOrEqual(2_000);
      expect(text.replaceAll("&amp;", "")).not.toContain("&");
      expect(text).not.toMatch(/\p{Cs}/u);
    }
    expect(link?.text?.text.length).toBeLessThanOrEqual(3_000);
  });

  test("a session's id cannot leave the link", () => {
    const page = `https://x.example/dashboard/${encodeURIComponent("a|b>c d<e")}`;
    expect(JSON.stringify(slackMessage(advisory({ dashboard_url: page })))).toContain(
      "<https://x.example/dashboard/a%7Cb%3Ec%20d%3Ce|Open the session>",
    );
  });
});

interface Mailbox {
  readonly url: string;
  readonly letters: { readonly to: readonly string[]; readonly source: string }[];
}

async function startMailbox(refusals = 0): Promise<Mailbox> {
  const letters: Mailbox["letters"] = [];
  let refused = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        if (refused++ < refusals)
          return done(Object.assign(new Error("busy"), { responseCode: 451 }));
        const to = session.envelope.rcptTo.map(({ address }) => address);
        letters.push({ to, source: Buffer.concat(chunks).toString("utf8") });
        done();
      });
    },
  });
  server.on("error", () => {});
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  opened.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  // A server that listens on a port has such an address.
  const { port } = server.server.address() as AddressInfo;
  return { url: `smtp://127.0.0.1:${port}`, letters };
}

/** Quoted-printable as text. */
function decoded(source: string): string {
  return Buffer.from(
    source
      .replace(/=\r?\n/g, "")
      .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  ).toString("utf8");
}

describe("e-mail", () => {
  test("goes through the operator's SMTP server, as text and HTML, with the alert's id", async () => {
    const mailbox = await startMailbox(1);
    let nowMs = Date.now();
    const client = await collector([], {
      publicUrl: "https://caum.example.com",
      clock: () => nowMs,
      env: { CAUM_MAIL_FROM: "CAUM <alerts@example.com>", CAUM_SMTP_URL: mailbox.url },
    });
    await client.addRules({ action_type: "email", destination: "oncall@example.com" });
    await client.loop("fix-auth-bug", NAMES);
    const [waiting] = await eventually(
      () => client.history(),
      ([first]) => first?.problem === "smtp_451",
    );
    nowMs = Date.parse(waiting.next_attempt_at);
    const [letter] = await eventually(
      () => mailbox.letters,
      ({ length }) => length > 0,
    );
    expect(letter?.to).toEqual(["oncall@example.com"]);
    const source = letter?.source ?? "";
    expect(source).toContain(`Message-ID: <${waiting.id}@example.com>`);
    expect(source).toMatch(/^Subject: .+evil=2Eex_has_called/ms);
    expect(source).toContain("From: CAUM <alerts@example.com>");
    expect(source).not.toMatch(/^Bcc:/im);
    const text = decoded(source);
    expect(text).toContain("text/plain");
    expect(text).toContain("text/html");
    expect(text).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp;");
    expect(text).toContain("https://caum.example.com/dashboard/fix-auth-bug");
    expect(waiting.destination).toBe("...@example.com");
  });

  test("goes through Resend's own client, once, under the alert's id", async () => {
    const requests: { url: string; key: string; id: string; body: string }[] = [];
    const resend = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        requests.push({
          url: `${request.method} ${request.url}`,
          key: String(request.headers.authorization),
          id: String(request.headers["idempotency-key"]),
          body: Buffer.concat(chunks).toString("utf8"),
        });
        response.setHeader("content-type", "application/json");
        if (requests.length === 1) {
          response.writeHead(500).end('{"statusCode":500,"name":"x","message":"secret words"}');
        } else response.end('{"id":"1"}');
      });
    }).listen(0, "127.0.0.1");
    await once(resend, "listening");
    opened.push(async () => {
      resend.closeAllConnections();
      resend.close();
    });
    const { port } = resend.address() as AddressInfo;
    let nowMs = Date.now();
    const client = await collector([], {
      clock: () => nowMs,
      env: {
        CAUM_MAIL_FROM: "alerts@example.com",
        CAUM_RESEND_API_KEY: "re_test",
        CAUM_RESEND_URL: `http://127.0.0.1:${port}`,
      },
    });
    await client.addRules({ action_type: "email", destination: "oncall@example.com" });
    await client.loop("s", NAMES);
    const [waiting] = await eventually(
      () => client.history(),
      ([first]) => first?.problem === "resend_500",
    );
    expect((await client.get("/v1/alerts/history")).text).not.toContain("secret words");
    nowMs = Date.parse(waiting.next_attempt_at);
    await eventually(
      () => client.history("&status=delivered"),
      ({ length }) => length === 1,
    );
    expect(requests.map(({ url, key, id }) => ({ url, key, id }))).toEqual(
      Array.from({ length: 2 }, () => ({
        url: "POST /emails",
        key: "Bearer re_test",
        id: waiting.id,
      })),
    );
    const { from, to, subject, html, text } = JSON.parse(requests[1]?.body ?? "");
    expect({ from, to }).toEqual({ from: "alerts@example.com", to: "oncall@example.com" });
    expect(subject).toMatch(/ has called `bash` 4 times in a row with the same question\.$/);
    expect(html).toContain("&lt;script&gt;");
    expect(text).toContain(`Agent: ${HOSTILE}`);
  });

  test("without a server or a key no rule is taken, and a start by half says so", async () => {
    const client = await collector([], { env: {} });
    const rule = { condition: "tier>=T4", action_type: "email", destination: "a@example.com" };
    const refused = await client.post("/v1/alerts", [rule]);
    expect(refused.status).toBe(400);
    expect(refused.body.error.message).toContain("CAUM_SMTP_URL or CAUM_RESEND_API_KEY");
    await expect(startWatched([], { env: { CAUM_MAIL_FROM: "a@example.com" } })).rejects.toThrow(
      "configured by half",
    );
  });

  test("names are escaped where they are HTML, and are one line everywhere", () => {
    const mail = mailOf(
      advisory({ agent: HOSTILE, team: NAMES.team, session_id: `"'><img src=x>` }),
    );
    expect(mail.html).not.toMatch(/<script|<img|<!channel/);
    expect(mail.html).toContain("&quot;&#39;&gt;&lt;img src=x&gt;");
    expect(mail.text.split("\n").filter((line) => line.startsWith("Bcc"))).toEqual([]);
    expect(mail.text).toContain("Team: a b Bcc: all@example.com");
    // Nothing is loaded by reading it.
    expect(mail.html).not.toMatch(/<[^>]+ src=/);
  });
});
