import fc from "fast-check";
import { parse as parseJson } from "jsonc-parser";
import { expect, test } from "vitest";
import { CLIENTS, type Client } from "../../src/install/clients/clients.ts";
import { unwrapText } from "../../src/install/entries/unwrap-text.ts";
import { wrapText } from "../../src/install/entries/wrap-text.ts";
import { unwrapUrls, wrapUrls } from "../../src/install/http/wrap-urls.ts";
import type { Place } from "../../src/machine/place.ts";
import { jsonFiles, tomlFiles, yamlFiles } from "./generated-files.ts";

const PLACE: Place = {
  platform: "linux",
  home: "/home/u",
  env: {},
  folder: "/home/u/project",
  caumHome: "/home/u/.ca'um",
  node: "/usr/bin/node",
};
const PORT = 4_071;
const relayOf = () => ({ port: PORT });

function clientOf(name: string): Client {
  return CLIENTS.find((client) => client.name === name)!;
}
const CURSOR = clientOf("cursor");

/** As `install --http` and `uninstall` do it. */
function wrapAll(text: string, client: Client): string {
  return wrapUrls(wrapText(text, client, PLACE).text, client, PLACE, relayOf).text;
}
function unwrapAll(text: string, client: Client): string {
  return unwrapUrls(unwrapText(text, client, PLACE).text, client, PLACE).text;
}

test.each([
  ["JSON", CURSOR, jsonFiles],
  ["YAML", clientOf("goose"), yamlFiles],
  ["TOML", clientOf("codex"), tomlFiles],
] as const)(
  "%s: install --http and uninstall give back the bytes of any file",
  (_name, client, files) => {
    let relayed = 0;
    fc.assert(
      fc.property(files, (text) => {
        const wrapped = wrapAll(text, client);
        if (wrapped.includes(`http://127.0.0.1:${PORT}/mcp#caum2:`)) relayed += 1;
        expect(wrapped).not.toMatch(/(url|uri)\W+https:/);
        expect(wrapAll(wrapped, client)).toBe(wrapped);
        expect(unwrapAll(wrapped, client)).toBe(text);
        // A plain install leaves the relays where they are.
        expect(wrapText(wrapped, client, PLACE).text).toBe(wrapped);
      }),
      { numRuns: 300 },
    );
    expect(relayed).toBeGreaterThan(20);
  },
);

const rest = fc
  .tuple(
    fc.webPath(),
    fc.option(fc.webQueryParameters()),
    fc.constantFrom("", "/$" + "{KEY}", "/{env:K}"),
  )
  .map(([path, query, more]) => path + more + (query === null ? "" : `?${query}`));
/** Names that an object of JavaScript does not have anyway. */
const names = fc.string().filter((name) => !(name in {}));
/** As editors and people write the same text in JSON. */
const literals = fc.constantFrom(
  (text: string) => JSON.stringify(text),
  (text: string) => JSON.stringify(text).replaceAll("/", "\\/"),
  (text: string) =>
    JSON.stringify(text).replace(/[a-z]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`),
);

test("path and query stay, the rest is readable, and every way to write it comes back", () => {
  fc.assert(
    fc.property(
      fc.webUrl({ withQueryParameters: false }),
      rest,
      literals,
      names,
      (base, path, write, name) => {
        const url = new URL(base).origin + path;
        const text = `{"mcpServers": {${JSON.stringify(name)}: {"url" : ${write(url)}, "headers": {"a": "b"}}}}`;
        const { text: wrapped, outcomes } = wrapUrls(text, CURSOR, PLACE, relayOf);
        expect([...outcomes.values()]).toEqual([{ name, outcome: "wrapped" }]);
        const entry = parseJson(wrapped).mcpServers[name];
        const [address, marker] = String(entry.url).split("#");
        expect(address).toBe(`http://127.0.0.1:${PORT}${path}`);
        expect(marker?.endsWith(`:${new URL(base).origin}`)).toBe(true);
        expect(unwrapUrls(wrapped, CURSOR, PLACE).text).toBe(text);
        // Written anew by the client, as JSON: what comes back says the same.
        const anew = JSON.stringify(parseJson(wrapped));
        const restored = parseJson(unwrapUrls(anew, CURSOR, PLACE).text);
        expect(restored.mcpServers[name]).toEqual({ url, headers: { a: "b" } });
      },
    ),
    { numRuns: 300 },
  );
});

test.each([
  ["a disabled one", { url: "https://a.example/mcp", disabled: true }],
  ["one with two addresses", { url: "https://a.example/mcp", httpUrl: "https://b.example/mcp" }],
  ["one that starts something", { url: "https://a.example/mcp", command: "npx" }],
])("%s is not looked at", (_name, entry) => {
  const text = JSON.stringify({ mcpServers: { one: entry } });
  expect(wrapUrls(text, CURSOR, PLACE, relayOf)).toEqual({ text, outcomes: new Map() });
});

test("what was edited in the address since is kept", () => {
  const text = `{"mcpServers": {"a": {"url": "https://a.example/mcp"}}}`;
  const wrapped = wrapUrls(text, CURSOR, PLACE, relayOf).text.replace("/mcp#", "/v2?x=1#");
  expect(unwrapUrls(wrapped, CURSOR, PLACE).text).toBe(text.replace("/mcp", "/v2?x=1"));
});
