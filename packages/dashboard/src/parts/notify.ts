/** Notifications of the browser, for whoever has a tab open somewhere behind other windows. */
import type { SessionRow } from "../server/answers.ts";
import { below } from "../server/base-path.ts";
import { sessionPath } from "./router.ts";

/** Sessions that loop and were told of. */
const told = new Set<string>();

/** Whether the browser would ask: it can notify, and was not told yes or no. */
export function canAsk(): boolean {
  return typeof Notification !== "undefined" && Notification.permission === "default";
}

export async function askToNotify(): Promise<void> {
  await Notification.requestPermission();
}

/** Once per loop, when it begins and nobody looks at the page. */
export function tellOfLoop({ id, isLooping, message }: SessionRow): void {
  if (!isLooping) {
    told.delete(id);
    return;
  }
  if (told.has(id)) return;
  told.add(id);
  if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
  if (document.visibilityState === "visible" && document.hasFocus()) return;
  // One of a session takes the place of the one before.
  const notice = new Notification("CAUM: an agent repeats itself", {
    body: message ?? "",
    tag: id,
  });
  notice.onclick = () => {
    window.focus();
    location.href = below(sessionPath(id));
  };
}
