/** The findings as one page that needs nothing else: no script, no font, no address. */
import type { Findings, Group } from "./findings.ts";
import type { FoundLoop } from "./judged-session.ts";
import {
  clientTitle,
  dollars,
  grouped,
  loopPlace,
  MEANINGS,
  percent,
  plural,
  sizeWords,
  tokenWords,
} from "./words.ts";

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2024; --soft: #60646c; --line: #d9d9e0; --bad: #ce2c31;
  --bar: #d9d9e0; --ground: #fcfcfd; }
@media (prefers-color-scheme: dark) { :root { --ink: #edeef0; --soft: #b0b4ba; --line: #363a3f;
  --bad: #ff9592; --bar: #43484e; --ground: #111113; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground);
  max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p.soft, small { color: var(--soft); }
dl { display: flex; flex-wrap: wrap; gap: 1.5rem; margin: 1.5rem 0; }
dt { color: var(--soft); }
dd { margin: 0; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
ol, ul { padding-left: 1.5rem; }
li { margin-bottom: .75rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; overflow-wrap: anywhere; width: 34%; }
th:last-child { width: 20%; }
ul li { margin-bottom: .25rem; }
th { color: var(--soft); font-weight: 500; }
.bar { background: var(--bar); height: .6rem; min-width: 6rem; }
.bar span { display: block; height: 100%; background: var(--bad); }
code { font-size: .95em; }
`;

export function findingsPage(findings: Findings): string {
  const { all, worst, weeks, clients, models } = findings;
  const parts = [
    `<h1>${text(headline(findings))}</h1>`,
    `<p class="soft">${text(about(findings))}</p>`,
    figures(findings),
    worst.length === 0
      ? ""
      : `<h2>${text(all.loops > worst.length ? `The worst ${worst.length}` : "What was found")}</h2>`,
    worst.length === 0 ? "" : `<ol>${worst.map(loopItem).join("")}</ol>`,
    table("By week", weeks, weekTitle),
    table("By client or export", clients, clientTitle),
    table("By model", models),
    meanings(),
    `<p class="soft">${text(readLine(findings))}</p>`,
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(headline(findings))}</title>
<style>${STYLE}</style>
${parts.filter(Boolean).join("\n")}
</html>
`;
}

function headline({ all }: Findings): string {
  if (all.sessions === 0) return "No history of an agent was found";
  if (all.loops === 0) return `No loop in ${plural(all.sessions, "session")}`;
  return `${plural(all.loops, "loop")} in ${all.looping} of ${plural(all.sessions, "session")}`;
}

function about({ since }: Findings): string {
  const when = since === null ? "Everything that was found" : `Since ${since.slice(0, 10)}`;
  return `${when}, judged by caum lookback on this machine from structure alone. No prompt, argument, result or file name is in this page.`;
}

function figures({ all }: Findings): string {
  const figure = (name: string, value: string) =>
    `<div><dt>${text(name)}</dt><dd>${text(value)}</dd></div>`;
  return `<dl>${[
    figure("steps", grouped(all.steps)),
    figure("steps in loops", percent(all.stepShare)),
    all.tokens === 0 ? "" : figure("tokens", tokenWords(all.tokens).replace(/ tokens?$/, "")),
    all.tokenShare === null ? "" : figure("tokens in loops", percent(all.tokenShare)),
    all.costUsd === null ? "" : figure("cost, where known", dollars(all.costUsd)),
    all.loopCostUsd === null ? "" : figure("cost of loops", dollars(all.loopCostUsd)),
  ].join("")}</dl>`;
}

function weekTitle(monday: string): string {
  return `from ${monday}`;
}

function meanings(): string {
  const rows = MEANINGS.map(
    ([word, meaning]) => `<li><strong>${text(word)}</strong>: ${text(meaning)}.</li>`,
  );
  return `<h2>How to read this</h2><ul>${rows.join("")}</ul>`;
}

function loopItem(loop: FoundLoop): string {
  // The sentence marks names by backquotes; a name holds none.
  const sentence = text(loop.sentence).replace(/`([^`]*)`/g, "<code>$1</code>");
  return `<li>${sentence}<br><small>${text(loopPlace(loop).join(" · "))}</small></li>`;
}

function table(
  title: string,
  groups: readonly Group[],
  nameOf: (name: string) => string = (name) => name,
): string {
  if (groups.length === 0) return "";
  const rows = groups.map(
    (group) =>
      `<tr><td>${text(nameOf(group.name))}</td><td>${grouped(group.sessions)}</td>` +
      `<td>${grouped(group.steps)}</td><td>${grouped(group.loops)}</td><td>${percent(group.stepShare)}</td>` +
      `<td><div class="bar"><span style="width:${(group.stepShare * 100).toFixed(1)}%"></span></div></td></tr>`,
  );
  return (
    `<h2>${text(title)}</h2><table><thead><tr><th></th><th>sessions</th><th>steps</th><th>loops</th>` +
    `<th>steps in loops</th><th></th></tr></thead><tbody>${rows.join("")}</tbody></table>`
  );
}

function readLine({ read }: Findings): string {
  const left =
    read.notUnderstood === 0
      ? "all of it was understood"
      : `${plural(read.notUnderstood, "line")} of it not understood`;
  return `${sizeWords(read.bytes)} read, ${left}; ${plural(read.copies, "copied event")} counted once.`;
}

const ESCAPED: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A text as it stands between tags; what is not seen is left out. */
function text(value: string): string {
  return value.replace(/\p{C}/gu, "").replace(/[&<>"']/g, (character) => ESCAPED[character] ?? "");
}
