/** The built page, read once and kept packed. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { gzipSync } from "node:zlib";

/** Beside the compiled sources and the sources alike; `npm run build` puts it there. */
const PAGE = new URL("../../dist/page/", import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly gzip: Buffer;
}

export interface PageFiles {
  readonly index: PageFile;
  /** By name; a name changes with its content. */
  readonly assets: ReadonlyMap<string, PageFile>;
}

/**
 * @param basePath what stands before the addresses of its files
 * @returns undefined when the page was not built
 */
export function readPage(basePath: string): PageFiles | undefined {
  const index = new URL("index.html", PAGE);
  if (!existsSync(index)) return undefined;
  const assets = new URL("assets/", PAGE);
  return {
    index: packed(".html", Buffer.from(below(basePath, readFileSync(index, "utf8")))),
    assets: new Map(readdirSync(assets).map((name) => [name, fileAt(new URL(name, assets))])),
  };
}

function below(basePath: string, html: string): string {
  return html.replaceAll('="/assets/', `="${basePath}/assets/`);
}

function fileAt(place: URL): PageFile {
  return packed(extname(place.pathname), readFileSync(place));
}

function packed(extension: string, bytes: Buffer): PageFile {
  const type = TYPES[extension] ?? "application/octet-stream";
  return { type, bytes, gzip: gzipSync(bytes, { level: 9 }) };
}
