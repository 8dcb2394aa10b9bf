/** Installs the collector of this machine as a service of the user, and takes it away again. */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { loadConfiguration } from "@caum/core/settings";
import type { Place } from "../machine/place.ts";
import { writeWhole } from "../machine/write-whole.ts";
import { isNodeNewEnough } from "../up/oldest-node.ts";
import { collectorProblem } from "./collector-problem.ts";
import { forgetUpstream, keepUpstream } from "./keep-upstream.ts";
import { type Manager, managerOf, run } from "./manager.ts";
import { type Unit, unitOf } from "./unit.ts";

export interface ServiceReport {
  readonly outcome: "started" | "unchanged" | "removed" | "left" | "failed";
  /** One sentence for a person. */
  readonly text: string;
  readonly path?: string;
}

/** Where `caum up` listens. */
const DEFAULT_PORT = 4070;
const UP_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 200;

/** What a manager starts: the same as `caum up` in a terminal. */
function collectorWords({ node }: Place, port: number): readonly string[] {
  const program = fileURLToPath(new URL("../../bin/caum.js", import.meta.url));
  return [node, program, "up", "--no-open", "--port", String(port)];
}

/** Why this machine keeps no collector of its own; undefined when it can. */
export function whyNoService(place: Place, port = DEFAULT_PORT): string | undefined {
  const { url } = loadConfiguration({ arguments: { home: place.caumHome }, env: place.env });
  if (url !== undefined && new URL(url).href !== new URL(urlOf(port)).href) {
    return `records go to ${url}, so none is started here`;
  }
  if (!managerOf(place)) return "no service manager for this user: caum up starts the collector";
  if (isNodeNewEnough(process.versions.node)) return undefined;
  return `a collector needs Node 22.13, this is ${process.versions.node}: runs stay here`;
}

export async function installService(
  place: Place,
  dryRun: boolean,
  port = DEFAULT_PORT,
): Promise<ServiceReport> {
  const own = urlOf(port);
  const reason = whyNoService(place, port);
  const manager = managerOf(place);
  if (reason !== undefined || !manager) return left(reason ?? "no service manager for this user");
  const unit = unitOf(collectorWords(place, port), place);
  const known = textIn(unit.path);
  const isUp = (await collectorProblem(own)) === undefined;
  if (isUp && known === unit.text) {
    return { outcome: "unchanged", text: `${own} is up`, path: unit.path };
  }
  if (isUp && known === undefined) {
    return left(
      `a collector that is no service runs at ${own}: stop it, or caum install --url ${own} sends there`,
    );
  }
  if (dryRun) return left(`would be kept by ${manager.name} at ${own}`);
  return start(unit, manager, own, place);
}

async function start(
  unit: Unit,
  manager: Manager,
  own: string,
  place: Place,
): Promise<ServiceReport> {
  mkdirSync(dirname(unit.path), { recursive: true });
  // A new text is not taken while the old one runs.
  if (textIn(unit.path) !== undefined) run(manager.stop, place);
  writeWhole(unit.path, unit.text, 0o600);
  const problem = run(manager.start(unit), place) ?? (await whyNotUp(own));
  if (problem !== undefined) {
    uninstallService(place, false);
    return { outcome: "failed", text: `${problem}; runs stay on this machine` };
  }
  keepUpstream({ url: own }, place);
  const text = `${own} is up, kept by ${manager.name}`;
  return { outcome: "started", text, path: unit.path };
}

/** @returns undefined when nothing of ours was there */
export function uninstallService(place: Place, dryRun: boolean): ServiceReport | undefined {
  const { path } = unitOf([], place);
  const known = textIn(path);
  if (known === undefined) return undefined;
  if (dryRun) return { outcome: "left", text: "would not be kept any more", path };
  const manager = managerOf(place);
  // One that does not run cannot be stopped, and is forgotten all the same.
  if (manager) run(manager.stop, place);
  rmSync(path, { force: true });
  const [, port] = /--port\D+(\d+)/.exec(known) ?? [];
  forgetUpstream(urlOf(Number(port ?? DEFAULT_PORT)), place);
  return { outcome: "removed", text: "not kept any more; what it holds stays in CAUM_HOME", path };
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}

function left(text: string): ServiceReport {
  return { outcome: "left", text };
}

async function whyNotUp(own: string): Promise<string | undefined> {
  const until = Date.now() + UP_WITHIN_MS;
  while ((await collectorProblem(own)) !== undefined) {
    if (Date.now() > until) return "the collector did not come up: caum up says why";
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return undefined;
}

function textIn(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
