/** Keeps the memory of a process small that records little, and is one of many. */
/**
 * V8 lets the young generation grow under load and then keeps hundreds of megabytes. Most of what is
 * recorded is garbage at once: the young generation stays as it begins.
 */
const ALWAYS = ["--semi-space-growth-factor=1"];
/**
 * The last compiler takes 5 MiB as soon as it is used. A session of some hundred calls does well
 * without it; what is called seven times as often as usual is compiled by it all the same.
 */
const SINCE_NODE_24 = ["--invocation-count-for-turbofan=20000"];
/** An older V8 does not know the number and would complain on stderr. */
const FIRST_NODE = 24;

/**
 * Only numbers that V8 looks up each time may be changed in a process that runs: a switch of the
 * collector ends it (docs/decisions/0007-relay-memory.md).
 */
export function keepSmall(): void {
  // Loaded late, as all that is not needed to relay.
  const { setFlagsFromString } = process.getBuiltinModule("node:v8");
  const major = Number.parseInt(process.versions.node, 10);
  for (const flag of [...ALWAYS, ...(major >= FIRST_NODE ? SINCE_NODE_24 : [])]) {
    setFlagsFromString(flag);
  }
}
