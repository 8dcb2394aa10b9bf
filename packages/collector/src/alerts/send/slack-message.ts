/** An advisory as Block Kit, within Slack's limits. Names are plain text: they format nothing. */
import { type Advisory, shownUds } from "../advisory.ts";
import { headline, visible } from "./visible.ts";

/** Characters: header 150, field 2,000, section 3,000 (Slack's reference of blocks). */
const MAX_HEADER = 150;
const MAX_FIELD = 2_000;
const MAX_TEXT = 3_000;
/** Names are longer than anybody reads. */
const MAX_NAME = 200;

const ESCAPED: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

export function slackMessage(advisory: Advisory): object {
  const { message, dashboard_url: page } = advisory;
  const cost = `$${advisory.total_cost.toFixed(2)}`;
  const fields: readonly (readonly [string, string])[] = [
    ["Agent", advisory.agent],
    ["Team", advisory.team ?? "-"],
    ["Session", advisory.session_id],
    ["Task", advisory.task ?? "-"],
    ["Regime", advisory.regime],
    ["Tier", `${advisory.tier} (UDS ${shownUds(advisory)})`],
    ["Steps", String(advisory.total_steps)],
    ["Cost", cost],
  ];
  return {
    // Notifications show this; without the markup of Slack it is what it says.
    text: escaped(message, MAX_TEXT),
    mrkdwn: false,
    blocks: [
      { type: "header", text: plain(headline(message, MAX_HEADER), MAX_HEADER) },
      { type: "section", fields: fields.map(([name, value]) => field(name, value)) },
      { type: "section", text: { type: "mrkdwn", text: `<${linkOf(page)}|Open the session>` } },
      {
        type: "context",
        elements: [plain(`CAUM observes only. ${advisory.timestamp}`, MAX_FIELD)],
      },
    ],
  };
}

function field(name: string, value: string): object {
  return plain(`${name}: ${visible(value, MAX_NAME)}`, MAX_FIELD);
}

function plain(text: string, max: number): object {
  return { type: "plain_text", text: escaped(text, max), emoji: false };
}

/** Escaped, and cut before it is too long: never inside of what was escaped. */
function escaped(text: string, max: number): string {
  let out = "";
  for (const character of visible(text, max)) {
    const next = ESCAPED[character] ?? character;
    if (out.length + next.length > max) break;
    out += next;
  }
  return out;
}

/** What ends a link or its label in Slack's markup. */
function linkOf(url: string): string {
  return url.replace(/[<>|\s]/g, encodeURIComponent).replaceAll("&", "&amp;");
}
