/** What the server says its tools are: their annotations, and whether a definition changed. */
import { createHash } from "node:crypto";
import type { ToolAnnotations } from "@caum/core";
import { fieldsOf, textOf } from "./fields.ts";

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

  annotationsOf(tool: string): ToolAnnotations | undefined {
    return this.#tools.get(tool)?.annotations;
  }

  /** Takes one page of tools/list in; answers the tools that were defined differently before. */
  update(tools: unknown): readonly ChangedTool[] {
    if (!Array.isArray(tools)) return [];
    return tools.flatMap((definition) => {
      const fields = fieldsOf(definition);
      const name = textOf(fields?.name);
      if (!fields || name === undefined) return [];
      const known = this.#tools.get(name);
      const digest = digestOf(definition);
      if (known || this.#tools.size < MAX_TOOLS) {
        this.#tools.set(name, { digest, annotations: annotationsOf(fields.annotations) });
      }
      return known && known.digest !== digest ? [{ name, definition }] : [];
    });
  }
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
function digestOf(definition: unknown): string {
  const text = JSON.stringify(definition, (_key, value: unknown) => {
    const fields = fieldsOf(value);
    if (!fields) return value;
    const names = Object.keys(fields).sort();
    return Object.fromEntries(names.map((name) => [name, fields[name]]));
  });
  return createHash("sha256").update(text).digest("hex");
}
