/** Parts put into the text of a JSON file and taken out again, with everything else as it was. */
import type { SourceMember, SourceNode } from "./source-node.ts";

/** Right behind the opening bracket, so that taking out what is in front restores every byte. */
export function insertedInto(
  text: string,
  container: SourceNode,
  parts: readonly string[],
  space: string,
): string {
  const count = partsOf(container).length;
  const at = container.start + 1;
  const added = parts.map((part) => space + part).join(",") + (count > 0 ? "," : "");
  return text.slice(0, at) + added + text.slice(at);
}

/** The text without a member or an item of a list, and without the comma that belongs to it. */
export function textWithout(
  text: string,
  container: SourceNode,
  part: SourceNode | SourceMember,
): string {
  const parts = partsOf(container);
  const end = endOf(part);
  const previous = parts[parts.indexOf(part) - 1];
  if (previous) return text.slice(0, endOf(previous)) + text.slice(end);
  return text.slice(0, container.start + 1) + text.slice(text[end] === "," ? end + 1 : end);
}

function partsOf(container: SourceNode): readonly (SourceNode | SourceMember)[] {
  if (container.kind === "map") return container.members;
  return container.kind === "list" ? container.items : [];
}

function endOf(part: SourceNode | SourceMember): number {
  return "region" in part ? part.region.end : part.end;
}
