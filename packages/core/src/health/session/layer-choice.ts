import { LAYERS, type Layer } from "../../capture/record.ts";

/**
 * One call may be seen twice, by a framework adapter and by the proxy below it. Only the fullest
 * layer of a session is judged; the records of the others are evidence.
 */
export function isFuller(layer: Layer, than: Layer): boolean {
  return LAYERS.indexOf(layer) < LAYERS.indexOf(than);
}
