/** Tells when a host has nothing left to do, so that what we wait for does not keep it. */

/** How often it is looked while something of ours is on its way. */
const LOOK_EVERY_MS = 25;
/**
 * What Node calls connections that are being made and bytes that are being sent: it waits for them
 * even when their socket is not to be waited for.
 */
const OURS = new Set([
  "ConnectWrap",
  "TCPConnectWrap",
  "TCPSocketWrap",
  "TLSWrap",
  "SimpleWriteWrap",
  "WriteWrap",
  "ShutdownWrap",
]);
/** What Node calls standard output and error: it lists them, and does not wait for them. */
const STANDARD = new Set(["PipeWrap", "TTYWrap"]);

/** What of ours may keep a process. */
export interface Held {
  /** Whether Node waits for it just now; always when absent. */
  readonly isHeld?: () => boolean;
  /** Lets go of it. */
  readonly giveUp: () => void;
}

/**
 * Looks now and then, without keeping the process, whether it would end but for us.
 *
 * @returns stops looking
 */
export function whenHostIsDone({ isHeld = () => true, giveUp }: Held): () => void {
  const timer = setInterval(() => {
    if (isHeld() && isHostDone(process.getActiveResourcesInfo(), countStandard)) giveUp();
  }, LOOK_EVERY_MS).unref();
  return () => clearInterval(timer);
}

/**
 * Whether the process would end but for connections that are being made and bytes that are sent.
 *
 * @param resources what Node lists as active
 * @param countStandard how many of these are standard output and error
 */
export function isHostDone(resources: readonly string[], countStandard: () => number): boolean {
  const others = resources.filter((resource) => !OURS.has(resource));
  if (others.length === 0) return true;
  return others.every((other) => STANDARD.has(other)) && others.length <= countStandard();
}

interface HandleLister {
  readonly _getActiveHandles?: () => readonly object[];
}

/** Which of the listed handles are standard output and error; only their owners tell. */
function countStandard(): number {
  // Not among Node's types: it is there in every version so far, and may go.
  const handles = (process as HandleLister)._getActiveHandles?.() ?? [];
  return handles.filter((handle) => "fd" in handle && (handle.fd === 1 || handle.fd === 2)).length;
}
