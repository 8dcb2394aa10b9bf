import { loopNotice } from "@caum/core/machine";
import type { ClaimedDelivery } from "../../rows/alert-rows.ts";
import { advisoryOf, storyOf, webhookBody } from "../advisory.ts";
import type { DestinationSeal } from "../destination-seal.ts";
import type { DestinationGuard } from "../guard/destination.ts";
import type { WebhookSecrets } from "../webhook-secret.ts";
import { type Attempt, failed } from "./attempt.ts";
import type { ShowOnDesktop } from "./desktop-sender.ts";
import { httpPost } from "./http-post.ts";
import { mailOf } from "./mail-message.ts";
import type { SendMail } from "./mailer.ts";
import { slackMessage } from "./slack-message.ts";

/** What bringing an alert out takes. */
export interface Channels {
  readonly guard: DestinationGuard;
  readonly secrets: WebhookSecrets;
  readonly seal: DestinationSeal;
  /** Absent when e-mail is not configured. */
  readonly sendMail: SendMail | undefined;
  /** Absent where nobody sits at this machine, or wants none. */
  readonly showOnDesktop: ShowOnDesktop | undefined;
  readonly publicUrl: () => string;
}

const USER_AGENT = "caum-collector";

/** One attempt over the channel of the rule. Never throws. */
export function sendAlert(
  delivery: ClaimedDelivery,
  { guard, secrets, seal, sendMail, showOnDesktop, publicUrl }: Channels,
  attempt: { readonly signal: AbortSignal; readonly nowMs: number },
): Promise<Attempt> {
  const { target, id, facts } = delivery;
  const destination = seal.open(target);
  if (destination === undefined) {
    return Promise.resolve(failed("destination_unreadable", { isFinal: true }));
  }
  const advisory = advisoryOf(delivery, publicUrl());
  const headers = { "content-type": "application/json", "user-agent": USER_AGENT };
  switch (target.actionType) {
    case "webhook": {
      const body = JSON.stringify(webhookBody(advisory));
      const signed = secrets.headersFor(target, id, body, attempt.nowMs);
      return httpPost({ destination, headers: { ...headers, ...signed }, body }, guard, attempt);
    }
    case "slack": {
      const body = JSON.stringify(slackMessage(advisory));
      return httpPost({ destination, headers, body }, guard, attempt);
    }
    case "email":
      if (sendMail === undefined) return Promise.resolve(failed("email_not_configured"));
      return sendMail({ ...mailOf(advisory), id, to: destination }, attempt.signal);
    case "desktop": {
      if (showOnDesktop === undefined) return Promise.resolve(failed("desktop_off"));
      if (facts.isTest) return showOnDesktop({ title: "CAUM", text: advisory.message }, undefined);
      const story = storyOf(facts);
      if (story.workflow !== undefined) {
        const text = `${advisory.message}\nMore: ${advisory.dashboard_url}`;
        return showOnDesktop({ title: "CAUM: a workflow has changed", text }, undefined);
      }
      return showOnDesktop(loopNotice(story, advisory.dashboard_url), story);
    }
  }
}
