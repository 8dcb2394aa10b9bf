import type { Format } from "../clients/clients.ts";
import { readJson } from "./json-source.ts";
import type { SourceNode } from "./source-node.ts";
import { readToml } from "./toml-source.ts";
import { readYaml } from "./yaml-source.ts";

const READERS: Readonly<Record<Format, (text: string) => SourceNode | undefined>> = {
  json: readJson,
  yaml: readYaml,
  toml: readToml,
};

/**
 * The text as a tree of values with their ranges; undefined when it holds no value.
 *
 * @throws {SourceError} when the text is not of this format
 */
export function readSource(text: string, format: Format): SourceNode | undefined {
  return READERS[format](text);
}
