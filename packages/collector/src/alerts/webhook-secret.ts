/** Signing secrets of webhooks: derived from the collector's root key, so none is stored. */
import { createHmac } from "node:crypto";
import type { RootKey } from "@caum/core/machine";
import type { AlertRule } from "../rows/alert-rows.ts";

/** For so long after a rotation both secrets sign, so that a receiver can change over. */
export const ROTATION_MS = 86_400_000;

const PREFIX = "whsec_";

export class WebhookSecrets {
  readonly #root: RootKey;

  constructor(root: RootKey) {
    this.#root = root;
  }

  /** As the receiver configures it (Standard Webhooks). */
  secretOf({ id, secretVersion }: Pick<AlertRule, "id" | "secretVersion">): string {
    return `${PREFIX}${Buffer.from(this.#key(id, secretVersion)).toString("base64")}`;
  }

  /**
   * The headers of one attempt: id, time and signature (Standard Webhooks 1.0). The id is the same in
   * every attempt, the time is not.
   */
  headersFor(rule: AlertRule, id: string, body: string, nowMs: number): Record<string, string> {
    const timestamp = String(Math.floor(nowMs / 1_000));
    const { secretVersion: version, secretRotatedMs: rotatedMs } = rule;
    const isRotating = rotatedMs !== undefined && version > 1 && nowMs - rotatedMs < ROTATION_MS;
    const versions = isRotating ? [version, version - 1] : [version];
    const signatures = versions.map((each) => {
      const hmac = createHmac("sha256", this.#key(rule.id, each));
      return `v1,${hmac.update(`${id}.${timestamp}.${body}`).digest("base64")}`;
    });
    return {
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": signatures.join(" "),
    };
  }

  #key(rule: string, version: number): Uint8Array {
    return this.#root.sessionKey(`alert-rule/${rule}/${version}`);
  }
}
