/** An advisory as a letter: the same facts as HTML and as text, and nothing that loads from outside. */
import { htmlText } from "../../html-text.ts";
import { type Advisory, shownUds } from "../advisory.ts";
import { headline, visible } from "./visible.ts";

export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Longer subjects are folded by some and cut by others. */
const MAX_SUBJECT = 150;
const MAX_NAME = 255;

export function mailOf(advisory: Advisory): Mail {
  const rows = rowsOf(advisory).map(([name, value]) => [name, visible(value, MAX_NAME)] as const);
  const { message, dashboard_url: page } = advisory;
  const closing = "CAUM observes and notifies. It never controls what an agent does.";
  return {
    subject: headline(message, MAX_SUBJECT),
    text: [
      message,
      "",
      ...rows.map(([name, value]) => `${name}: ${value}`),
      "",
      page,
      "",
      closing,
      "",
    ].join("\n"),
    html: htmlOf(message, rows, page, closing),
  };
}

function rowsOf(advisory: Advisory): readonly (readonly [string, string])[] {
  return [
    ["Agent", advisory.agent],
    ["Team", advisory.team ?? "-"],
    ["Task", advisory.task ?? "-"],
    ["Session", advisory.session_id],
    ["Regime", advisory.regime],
    ["UDS", shownUds(advisory)],
    ["Tier", advisory.tier],
    ["Steps", String(advisory.total_steps)],
    ["Cost", `$${advisory.total_cost.toFixed(2)}`],
    ["Time", advisory.timestamp],
  ];
}

function htmlOf(
  message: string,
  rows: readonly (readonly [string, string])[],
  page: string,
  closing: string,
): string {
  const cells = rows
    .map(([name, value]) => `<tr><th align="left">${name}</th><td>${htmlText(value)}</td></tr>`)
    .join("\n");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>CAUM</title></head>
<body style="font-family: sans-serif">
<p><strong>${htmlText(message)}</strong></p>
<table cellpadding="4">
${cells}
</table>
<p><a href="${htmlText(page)}">Open the session</a></p>
<p>${htmlText(closing)}</p>
</body></html>
`;
}
