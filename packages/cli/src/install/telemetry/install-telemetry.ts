/** Sets the clients' own exporters of OpenTelemetry to the collector of this machine, and back. */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { HookClientName } from "../../hook/clients/client-names.ts";
import {
  backUp,
  FileLeft,
  makeConfigFile,
  readConfigFile,
  replaceConfigFile,
  retrying,
} from "../../machine/config-file.ts";
import type { Place } from "../../machine/place.ts";
import { writeWhole } from "../../machine/write-whole.ts";
import { clientFolder } from "../clients/client-folder.ts";
import type { FileReport } from "../install.ts";
import { SourceError } from "../source/source-node.ts";
import { type Destination, TELEMETRY_FILES, type TelemetryFile } from "./telemetry-files.ts";
import { clearTelemetry, type Made, sentTo, setTelemetry } from "./telemetry-text.ts";

export interface TelemetryRequest {
  /** Every client that is on this machine when empty. */
  readonly clients: readonly HookClientName[];
  readonly dryRun: boolean;
}

export function installTelemetry(
  request: TelemetryRequest,
  place: Place,
  to: Destination,
): readonly FileReport[] {
  return filesFor(request, place).map((file) =>
    changed(file, request, place, (text, made) => setTelemetry(text, file, to, made)),
  );
}

export function uninstallTelemetry(request: TelemetryRequest, place: Place): readonly FileReport[] {
  const files = filesFor(request, place).filter((file) => existsSync(pathOf(file, place)));
  return files.map((file) =>
    changed(file, request, place, (text = "", made) => ({
      text: clearTelemetry(text, file, made),
      made: undefined,
    })),
  );
}

/** A client whose exporter is set to a collector of ours. */
export interface TelemetrySender {
  readonly title: string;
  readonly path: string;
  readonly url: string;
}

export function telemetrySenders(place: Place): readonly TelemetrySender[] {
  return TELEMETRY_FILES.flatMap((file) => {
    const path = pathOf(file, place);
    try {
      const url = sentTo(readConfigFile(path)?.text ?? "", file);
      return url === undefined ? [] : [{ title: file.title, path, url }];
    } catch {
      return [];
    }
  });
}

/** What a person should know before the clients are started again. */
export function telemetryNotes(
  reports: readonly FileReport[],
  { clients }: TelemetryRequest,
  place: Place,
): readonly string[] {
  const notes = TELEMETRY_FILES.filter(({ title }) =>
    reports.some((report) => report.title === title && report.outcome === "changed"),
  ).map(
    ({ title, sends }) =>
      `${title}: sends ${sends} to the collector of this machine, which keeps digests and sizes`,
  );
  const isCopilot =
    clients.length === 0
      ? existsSync(join(place.home, ".copilot"))
      : clients.includes("copilot-cli");
  return isCopilot ? [...notes, COPILOT] : notes;
}

const COPILOT =
  "GitHub Copilot CLI reads this from its environment alone: docs/opentelemetry.md has the variables";

function filesFor({ clients }: TelemetryRequest, place: Place): readonly TelemetryFile[] {
  return TELEMETRY_FILES.filter((file) =>
    clients.length === 0 ? existsSync(clientFolder(file, place)) : clients.includes(file.client),
  );
}

function pathOf(file: TelemetryFile, place: Place): string {
  return join(clientFolder(file, place), file.file);
}

interface Edited {
  /** Undefined where the file is to go. */
  readonly text: string | undefined;
  /** Undefined where nothing of ours is left. */
  readonly made: Made | undefined;
}

function changed(
  file: TelemetryFile,
  { dryRun }: TelemetryRequest,
  place: Place,
  edit: (text: string | undefined, made: Made | undefined) => Edited,
): FileReport {
  const path = pathOf(file, place);
  const { client, title, restart } = file;
  const about = { client, title, path, servers: [] };
  try {
    return retrying(() => {
      const known = readConfigFile(path);
      const notes = madeIn(place);
      const { text, made } = edit(known?.text, notes[path]);
      if (text === known?.text) return { ...about, outcome: "unchanged" };
      if (dryRun) return { ...about, outcome: "changed", restart };
      // Before the file: what is noted and not there is taken out again without harm.
      if (made !== undefined) noteMade(place, { ...notes, [path]: made });
      if (known) backUp(known, join(place.caumHome, "backups"));
      if (text === undefined) rmSync(path, { force: true });
      else if (known) replaceConfigFile(known, text);
      else makeConfigFile(path, text);
      if (made === undefined) {
        const { [path]: _, ...others } = notes;
        noteMade(place, others);
      }
      return { ...about, outcome: "changed", restart };
    });
  } catch (problem) {
    if (problem instanceof SourceError) {
      const reason = `cannot be read: ${problem.message}`;
      return { ...about, outcome: "left", reason, line: problem.line };
    }
    if (problem instanceof FileLeft) return { ...about, outcome: "left", reason: problem.message };
    throw problem;
  }
}

type Notes = Readonly<Record<string, Made>>;

const NOTES = "telemetry.json";

/** What was made in which file, by its path. */
function madeIn({ caumHome }: Place): Notes {
  try {
    const notes: unknown = JSON.parse(readFileSync(join(caumHome, NOTES), "utf8"));
    // Only `noteMade` writes this file.
    return typeof notes === "object" && notes !== null ? (notes as Notes) : {};
  } catch {
    return {};
  }
}

function noteMade({ caumHome }: Place, notes: Notes): void {
  const path = join(caumHome, NOTES);
  if (Object.keys(notes).length === 0) {
    rmSync(path, { force: true });
    return;
  }
  mkdirSync(caumHome, { recursive: true, mode: 0o700 });
  writeWhole(path, `${JSON.stringify(notes)}\n`, 0o600);
}
