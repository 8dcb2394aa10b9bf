/** The API document as a page that a person can read, without any script. */
import { htmlText } from "../../html-text.ts";

interface Operation {
  readonly summary?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: unknown;
  readonly responses?: Readonly<Record<string, unknown>>;
}

interface ApiDocument {
  readonly info?: { readonly title?: string; readonly description?: string };
  readonly paths?: Readonly<Record<string, unknown>>;
}

const STYLE = `body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem;
color:#1c1c1c;background:#fff}code{font-size:.9em}td,th{text-align:left;padding:.3rem 1rem .3rem 0;
vertical-align:top;border-bottom:1px solid #ddd}table{border-collapse:collapse;width:100%}
@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#161616}a{color:#8ab4f8}
td,th{border-color:#333}}`;

export function docsPage(document: ApiDocument): string {
  const rows = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    // A path item holds one operation per method.
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) =>
      rowOf(method, path, operation),
    ),
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>CAUM collector</title>
<style>${STYLE}</style><h1>${htmlText(document.info?.title ?? "")}</h1>
<p>${htmlText(document.info?.description ?? "")}</p>
<p>The whole document: <a href="openapi.json"><code>/openapi.json</code></a> (OpenAPI 3.1).</p>
<table><thead><tr><th>Method</th><th>Path</th><th>What it does</th><th>Parameters</th><th>Answers</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></html>`;
}

function rowOf(method: string, path: string, operation: Operation): string {
  const parameters = (operation.parameters ?? []).map(
    ({ name, in: place }) => `${name} (${place})`,
  );
  const sent = [...parameters, ...(operation.requestBody ? ["body"] : [])].join(", ");
  const answers = Object.keys(operation.responses ?? {}).join(", ");
  const code = (text: string) => `<td><code>${htmlText(text)}</code></td>`;
  const about = `<td>${htmlText(operation.summary ?? "")}</td>`;
  return `<tr>${code(method.toUpperCase())}${code(path)}${about}${code(sent)}${code(answers)}</tr>`;
}
