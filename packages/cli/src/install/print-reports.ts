import type { FileReport } from "./install.ts";

/** What was done, for a person. */
export function describeReports(reports: readonly FileReport[]): readonly string[] {
  const lines = reports.flatMap(describeFile);
  return lines.length === 0 ? ["no configuration of a known client was found"] : lines;
}

function describeFile({ title, path, outcome, reason, line, servers }: FileReport) {
  if (outcome === "left") {
    const place = line === undefined ? path : `${path}:${line}`;
    return [`${title}: left as it is: ${place} ${reason}`];
  }
  if (servers.length === 0) return outcome === "changed" ? [`${title}  ${path}`] : [];
  return [
    `${title}  ${path}`,
    ...servers.map(
      (server) =>
        `  ${server.outcome.padEnd(9)}  ${server.name}${server.reason ? `: ${server.reason}` : ""}`,
    ),
  ];
}

/** One line for every client whose file was changed. */
export function describeRestarts(reports: readonly FileReport[]): readonly string[] {
  const changed = reports.filter(({ outcome }) => outcome === "changed");
  const restarts = new Set(changed.map(({ title, restart }) => `  ${title}: ${restart}`));
  return restarts.size === 0 ? [] : ["", "to take effect:", ...restarts];
}

/** That there is more, for who asks. */
export function describeProject(reports: readonly FileReport[]): readonly string[] {
  const paths = reports.map(({ title, path }) => `  ${title}  ${path}`);
  return ["", "not touched, because they are usually shared (--project takes them):", ...paths];
}
