import { AsyncLocalStorage } from "node:async_hooks";
import { LAYERS, type Layer } from "../../capture/record.ts";
import { LatestMap } from "./recent-map.ts";

/**
 * What all adapters of a process know together, also when several copies of this module are loaded:
 * who reports which model response and tool call, and which session the running code belongs to.
 */
export interface ProcessRegistry {
  /** Response or tool call, to the rank of the fullest layer that reports it. */
  readonly owners: Pick<LatestMap<string, number>, "get" | "set">;
  /** What was reported already, whatever reported it. */
  readonly reported: Pick<LatestMap<string, true>, "has" | "set">;
  /** Model calls under way, by the rank of the layer that sees them. */
  readonly openTurns: number[];
  readonly session: AsyncLocalStorage<CurrentSession>;
  /** What is told once per process. */
  readonly told: Set<string>;
}

/** The session that the running code belongs to. */
export interface CurrentSession {
  readonly id: string;
  /** The agent whose tool is running, when the code was started by one. */
  readonly agent?: string | undefined;
  /** The layer that reports the model call which the running code is a part of. */
  readonly modelCallOf?: Layer | undefined;
  /** What it was entered for has ended; code that goes on is a part of `outer` again. */
  isOver?: boolean;
  readonly outer?: CurrentSession | undefined;
}

/** A response is claimed within seconds of its end; this is hours of a busy server. */
const MAX_CLAIMS = 20_000;

/** The name changes with the meaning of the registry, so that two versions never misread it. */
const KEY = Symbol.for("caum.registry.1");

export function processRegistry(): ProcessRegistry {
  // The symbol is ours alone, so its value is absent or one of ours.
  const scope = globalThis as { [KEY]?: ProcessRegistry };
  scope[KEY] ??= {
    owners: new LatestMap(MAX_CLAIMS),
    reported: new LatestMap(MAX_CLAIMS),
    openTurns: LAYERS.map(() => 0),
    session: new AsyncLocalStorage(),
    told: new Set(),
  };
  return scope[KEY];
}

/** The innermost session that the running code belongs to and that is not over. */
export function runningSession(): CurrentSession | undefined {
  let current = processRegistry().session.getStore();
  while (current?.isOver) current = current.outer;
  return current;
}

/** How all layers name a response of a model. */
export function responseKey(responseId: string): string {
  return `response ${responseId}`;
}

/** Says that a layer reports a response or call; the fullest layer that says so owns it. */
export function own(key: string, layer: Layer): void {
  const { owners } = processRegistry();
  const rank = LAYERS.indexOf(layer);
  const owner = owners.get(key);
  if (owner === undefined || rank < owner) owners.set(key, rank);
}

/** Whether a fuller layer reports the same. */
export function isOwnedByFuller(key: string, layer: Layer): boolean {
  const owner = processRegistry().owners.get(key);
  return owner !== undefined && owner < LAYERS.indexOf(layer);
}

/** The fuller layer that reports the model call which the running code is a part of. */
export function fullerAround(layer: Layer): Layer | undefined {
  const around = runningSession()?.modelCallOf;
  const isFuller = around !== undefined && LAYERS.indexOf(around) < LAYERS.indexOf(layer);
  return isFuller ? around : undefined;
}

/** True the first time in this process. */
export function isFirst(key: string): boolean {
  const { reported } = processRegistry();
  if (reported.has(key)) return false;
  reported.set(key, true);
  return true;
}

/** Counts the model calls that a layer has under way. */
export function countOpenTurns(layer: Layer, change: 1 | -1): void {
  const { openTurns } = processRegistry();
  const rank = LAYERS.indexOf(layer);
  openTurns[rank] = Math.max(0, (openTurns[rank] ?? 0) + change);
}

/** Whether a fuller layer has a model call under way, which may be the one that we see. */
export function fullerIsBusy(layer: Layer): boolean {
  const { openTurns } = processRegistry();
  return openTurns.slice(0, LAYERS.indexOf(layer)).some((count) => count > 0);
}

/** True for the first one that asks in this process. */
export function tellOnce(what: string): boolean {
  const { told } = processRegistry();
  if (told.has(what)) return false;
  told.add(what);
  return true;
}
