/** Shows an alert on the desktop of this machine, once per loop, whichever session it was seen in. */
import type { AlertStory } from "@caum/core/health";
import {
  loopKey,
  type Notification,
  type NotifierCommand,
  notifyDesktop,
  type ToldLoops,
} from "@caum/core/machine";
import { type Attempt, DELIVERED, failed } from "./attempt.ts";

export interface DesktopParts {
  readonly command: NotifierCommand;
  /** What was told just now, also by the observers of this machine. */
  readonly told: Pick<ToldLoops, "claim">;
}

export type ShowOnDesktop = (
  notification: Notification,
  story: AlertStory | undefined,
) => Promise<Attempt>;

/** Nobody wants a notification of this morning in the evening: there is one attempt. */
export function desktopSender({ command, told }: DesktopParts): ShowOnDesktop {
  return async (notification, story) => {
    if (story !== undefined && !told.claim(loopKey(story))) return DELIVERED;
    const outcome = await notifyDesktop(notification, command);
    return outcome === "shown" ? DELIVERED : failed(`desktop_${outcome}`, { isFinal: true });
  };
}
