/** What the server says its tools are: their annotations, and whether a definition changed. */

import type { ToolAnnotations } from "@caum/core";
import { sha256 } from "@caum/core/collector";
import { type Fields, fieldsOf, textOf } from "../messages/fields.ts";
import { elementsOf, memberOf, valueAt } from "../messages/json-outline.ts";
import type { Reply } from "../messages/message.ts";
import type { KnownTools, ListedTool } from "./known-tools.ts";

/** What a reply lists: of one that is too long to be kept, the tools that stand in its head. */
export function listedTools(reply: Reply): unknown {
  if (!reply.cut) return reply.result?.tools;
  const { head } = reply.cut;
  const tools = memberOf(head, 0, "tools");
  return tools && elementsOf(head, tools.start).map((place) => valueAt(head, place));
}

/** A list longer than this is no list of tools. */
const MAX_TOOLS = 10_000;

interface KnownTool {
  readonly digest: string;
  readonly annotations: ToolAnnotations | undefined;
}

export interface ChangedTool {
  readonly name: string;
  readonly definition: unknown;
}

export class ToolCatalog {
  readonly #tools = new Map<string, KnownTool>();
  readonly #known: KnownTools | undefined;

  /** @param known what earlier runs saw; without it, definitions are compared within this run */
  constructor(known?: KnownTools) {
    this.#known = known;
  }

  annotationsOf(tool: string): ToolAnnotations | undefined {
    return this.#tools.get(tool)?.annotations;
  }

  /** Takes one page of tools/list in; answers the tools that were defined differently before. */
  update(tools: unknown): readonly ChangedTool[] {
    if (!Array.isArray(tools)) return [];
    const listed = tools.flatMap((definition) => listedTool(definition));
    const first: ListedTool[] = [];
    const changed = new Set<string>();
    for (const tool of listed) {
      const seen = this.#tools.get(tool.name);
      if (!seen && this.#tools.size >= MAX_TOOLS) continue;
      const digest = sha256(tool.definition);
      this.#tools.set(tool.name, { digest, annotations: annotationsOf(tool.value.annotations) });
      if (!seen || seen.digest !== digest) first.push(tool);
      if (seen && seen.digest !== digest) changed.add(tool.name);
    }
    for (const name of this.#known?.changedIn(first) ?? []) changed.add(name);
    if (first.length > 0) this.#known?.save();
    return listed
      .filter(({ name }) => changed.has(name))
      .map(({ name, value }) => ({ name, definition: value }));
  }
}

/** A tool of a list, as it came too. */
function listedTool(value: unknown): readonly (ListedTool & { readonly value: Fields })[] {
  const fields = fieldsOf(value);
  const name = textOf(fields?.name);
  if (!fields || name === undefined) return [];
  return [{ name, definition: canonicalTextOf(value), value: fields }];
}

function annotationsOf(value: unknown): ToolAnnotations | undefined {
  const fields = fieldsOf(value);
  if (!fields) return undefined;
  const { readOnlyHint, destructiveHint } = fields;
  return {
    ...(typeof readOnlyHint === "boolean" ? { readOnlyHint } : {}),
    ...(typeof destructiveHint === "boolean" ? { destructiveHint } : {}),
  };
}

/** Equal for definitions that differ in the order of members only. */
function canonicalTextOf(definition: unknown): string {
  return JSON.stringify(definition, (_key, value: unknown) => {
    const fields = fieldsOf(value);
    if (!fields) return value;
    const names = Object.keys(fields).sort();
    return Object.fromEntries(names.map((name) => [name, fields[name]]));
  });
}
