/** What a person reads who follows `upgrade_url`; a browser has no key, so it cannot do it itself. */
import { htmlText } from "../html-text.ts";

const STYLE = `body{font:16px/1.5 system-ui;max-width:40rem;margin:4rem auto;padding:0 1rem;
color:#1c1c1c;background:#fff}pre{overflow:auto;padding:1rem;border:1px solid #ddd}
@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#161616}pre{border-color:#333}}`;

/** @param url where this collector is reached; the operator's own configuration */
export function upgradePage(url: string, state: "paid" | "open" | "not_configured"): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>CAUM: plan</title>
<style>${STYLE}</style><h1>Your plan</h1>
${TEXTS[state](htmlText(url))}
<p>Whatever was recorded can be read, verified and exported on every plan. Agents keep running, and
what they record waits on their machine until the collector takes it again.</p></html>`;
}

const TEXTS = {
  open: (url: string) => `<p>Ask for a checkout page with a key of the scope <code>admin</code>, and
open the <code>checkout_url</code> that comes back:</p>
<pre>curl -X POST ${url}/v1/checkout -H "Authorization: Bearer $CAUM_API_KEY"</pre>`,
  paid: () => `<p>Thank you. The plan changes when the payment provider tells this collector, which
takes a few seconds; <code>GET /v1/usage</code> shows it.</p>`,
  not_configured: () => `<p>This collector takes no payments: ask who runs it. Started with
<code>caum up --without-trials</code>, it lets every account whose trial is over record again, with
the key that it has.</p>`,
} as const;
