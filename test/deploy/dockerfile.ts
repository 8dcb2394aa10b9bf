/** Reads a Dockerfile as far as ours goes; what it does not know it refuses. */
export interface Instruction {
  readonly name: string;
  readonly text: string;
}

export interface Stage {
  readonly from: string;
  readonly as: string;
  readonly instructions: readonly Instruction[];
}

const KNOWN = [
  "CMD",
  "COPY",
  "ENTRYPOINT",
  "ENV",
  "EXPOSE",
  "HEALTHCHECK",
  "LABEL",
  "RUN",
  "STOPSIGNAL",
  "USER",
  "VOLUME",
  "WORKDIR",
];

/** @throws {Error} naming the line that is not understood */
export function readStages(text: string): readonly Stage[] {
  const stages: { from: string; as: string; instructions: Instruction[] }[] = [];
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const [, name = "", rest = ""] = /^([A-Z]+) (\S.*)$/.exec(line) ?? [];
    if (name === "FROM") {
      const [, from = "", as = ""] = /^(\S+)(?: AS (\w+))?$/.exec(rest) ?? [];
      stages.push({ from, as, instructions: [] });
    } else if (KNOWN.includes(name)) stages.at(-1)?.instructions.push({ name, text: rest });
    else throw new Error(`not understood: ${line}`);
  }
  return stages;
}

export function textsOf(stage: Stage, name: string): readonly string[] {
  return stage.instructions.filter((each) => each.name === name).map(({ text }) => text);
}

/** The form without a shell: a JSON list of words. */
export function wordsOf(text: string): readonly string[] {
  const words: unknown = JSON.parse(text);
  if (Array.isArray(words) && words.every((word) => typeof word === "string")) return words;
  throw new Error(`no list of words: ${text}`);
}

/** Whether a path of the context is left out of it; patterns of .dockerignore that ours has. */
export function isIgnored(path: string, ignore: string): boolean {
  const patterns = ignore.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return patterns.some((pattern) => {
    const anywhere = pattern.startsWith("**/");
    const plain = anywhere ? pattern.slice("**/".length) : pattern;
    const escaped = plain.replace(/[.+]/g, "\\$&").replaceAll("*", "[^/]*");
    return new RegExp(`${anywhere ? "(?:^|/)" : "^"}${escaped}(?:/|$)`).test(path);
  });
}
