/** deploy/nginx/caum.conf in front of a collector: by nginx where there is one, and by a reader of ours. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as ask, createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createListener } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const CONFIGURATION = readFileSync(
  new URL("../../../../deploy/nginx/caum.conf", import.meta.url),
  "utf8",
);
export const hasNginx = spawnSync("nginx", ["-v"]).status === 0;
if (!hasNginx) {
  console.warn(
    [
      "",
      "############################################################################",
      "# NOT TESTED: deploy/nginx/caum.conf in nginx itself, which is not here.   #",
      "# Debian and Ubuntu: apt-get install nginx-light                           #",
      "############################################################################",
      "",
    ].join("\n"),
  );
}

export interface Front {
  /** Where the collector is reached through it, with the path. */
  readonly url: string;
  stop(): Promise<void>;
}

/** The configuration as nginx reads it. */
export async function startNginx(collector: string): Promise<Front> {
  const folder = mkdtempSync(join(tmpdir(), "caum-nginx-"));
  const port = await freePort();
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const text = `daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
events {}
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join("\n  ")}
  server { listen 127.0.0.1:${port};\n${configurationFor(collector)} }
}\n`;
  writeFileSync(join(folder, "nginx.conf"), text);
  const words = ["-p", folder, "-e", join(folder, "error.log"), "-c", join(folder, "nginx.conf")];
  const child = spawn("nginx", words, { stdio: ["ignore", "ignore", "inherit"] });
  const url = `http://127.0.0.1:${port}/caum`;
  await answers(`${url}/healthz`, child);
  return {
    url,
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGQUIT");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What of the configuration this reader knows; another directive is one that it would not do. */
const KNOWN = [
  "proxy_pass",
  "proxy_http_version",
  "proxy_set_header",
  "client_max_body_size",
  "proxy_read_timeout",
] as const;

/**
 * The same configuration by a small server.
 *
 * @param takesPathAway as if a slash stood at the end of `proxy_pass`
 */
export async function startStandIn(collector: string, takesPathAway = false): Promise<Front> {
  const location = readLocation(configurationFor(collector));
  const target = new URL(location.one("proxy_pass"));
  const server = createServer((asked, reply) => {
    const { url = "", method } = asked;
    // As nginx does for a location that ends with a slash.
    if (`${url}/` === location.path) {
      reply.writeHead(301, { location: location.path }).end();
      return;
    }
    if (!url.startsWith(location.path)) {
      reply.writeHead(404).end("not of the collector");
      return;
    }
    const path = takesPathAway ? url.slice(location.path.length - 1) : url;
    const headers = { ...asked.headers, ...headersOf(location.headers, asked) };
    const { hostname: host, port } = target;
    const passed = ask({ host, port, path, method, headers, agent: false }, (answer) => {
      reply.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(reply);
    });
    passed.on("error", () => reply.destroy());
    reply.on("close", () => passed.destroy());
    asked.pipe(passed);
  });
  return { url: `${await listening(server)}/caum`, stop: () => closed(server) };
}

interface Location {
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  one(directive: (typeof KNOWN)[number]): string;
}

function readLocation(text: string): Location {
  const lines = text.replace(/^\s*#.*$/gm, "").trim();
  const [, path = "", body = ""] = /^location (\S+) \{\n([^{}]*)\n\}$/.exec(lines) ?? [];
  const directives = body
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [, name = "", value = ""] = /^ {4}(\w+) (.+);$/.exec(line) ?? [];
      if (!KNOWN.some((known) => known === name)) throw new Error(`not understood: ${line}`);
      return { name, value };
    });
  const headers = directives
    .filter(({ name }) => name === "proxy_set_header")
    .map(({ value }) => {
      const [, header = "", told = ""] = /^([\w-]+) (\S+)$/.exec(value) ?? [];
      return [header.toLowerCase(), told] as const;
    });
  return {
    path,
    headers,
    one: (directive) => directives.find(({ name }) => name === directive)?.value ?? "",
  };
}

function headersOf(told: Location["headers"], asked: IncomingMessage) {
  const variables: Readonly<Record<string, string>> = {
    $http_host: asked.headers.host ?? "",
    $remote_addr: asked.socket.remoteAddress ?? "",
    '""': "close",
  };
  return Object.fromEntries(
    told.map(([name, value]) => {
      const given = variables[value];
      if (given === undefined) throw new Error(`not understood: ${value}`);
      return [name, given];
    }),
  );
}

function configurationFor(collector: string): string {
  const text = CONFIGURATION.replace("http://127.0.0.1:4070", new URL(collector).origin);
  if (text === CONFIGURATION) throw new Error("the configuration names no collector");
  return text;
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

async function closed(server: Server): Promise<void> {
  const ended = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await ended;
}

async function freePort(): Promise<number> {
  const listener = createListener();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`nginx ended with ${child.exitCode}`);
}
