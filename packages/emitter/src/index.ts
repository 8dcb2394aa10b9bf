/** OpenTelemetry out: what is recorded, as spans and metrics. Loads nothing until it emits. */
export { type Destination, destinationOf, leadsTo } from "./destination.ts";
export {
  type EmissionTally,
  type EmitterOptions,
  type OpenEmitter,
  openEmitter,
} from "./open-emitter.ts";
