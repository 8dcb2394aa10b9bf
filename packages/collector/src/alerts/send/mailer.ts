/** How e-mail leaves: through Resend or an SMTP server, as the operator says, or not at all. */
import { type Attempt, DELIVERED, failed } from "./attempt.ts";
import { within } from "./http-post.ts";
import type { Mail } from "./mail-message.ts";

/** A letter with the id that tells repeats of it. */
export interface Letter extends Mail {
  readonly id: string;
  readonly to: string;
}

export type SendMail = (letter: Letter, signal: AbortSignal) => Promise<Attempt>;

/** Settings of the environment for e-mail. */
export interface MailSettings {
  readonly from: string;
  readonly smtpUrl?: string;
  readonly resendKey?: string;
  /** Resend's own address when absent. */
  readonly resendUrl?: string;
}

export const HOW_TO_CONFIGURE =
  "set CAUM_MAIL_FROM, and CAUM_SMTP_URL or CAUM_RESEND_API_KEY, and start the collector again";

const SMTP_TIMEOUT_MS = 8_000;

/**
 * Reads what the operator set.
 *
 * @returns undefined when e-mail is not configured
 * @throws {Error} when it is configured by half
 */
export function mailSettings(
  env: Readonly<Record<string, string | undefined>>,
): MailSettings | undefined {
  const { CAUM_MAIL_FROM: from, CAUM_SMTP_URL: smtpUrl, CAUM_RESEND_API_KEY: resendKey } = env;
  const { CAUM_RESEND_URL: resendUrl } = env;
  if (!from && !smtpUrl && !resendKey) return undefined;
  if (!from || (!smtpUrl && !resendKey)) {
    throw new Error(`e-mail is configured by half: ${HOW_TO_CONFIGURE}`);
  }
  return {
    from,
    ...(smtpUrl && { smtpUrl }),
    ...(resendKey && { resendKey }),
    ...(resendUrl && { resendUrl }),
  };
}

/** SMTP where both are set: what the operator runs goes before what the operator rents. */
export function mailerFor(settings: MailSettings): SendMail {
  return settings.smtpUrl === undefined
    ? resendMailer(settings)
    : smtpMailer(settings, settings.smtpUrl);
}

function smtpMailer({ from }: MailSettings, url: string): SendMail {
  return async (letter, signal) => {
    const nodemailer = await import("nodemailer").catch(() => undefined);
    if (nodemailer === undefined) return failed("nodemailer_not_installed");
    const transport = nodemailer.createTransport({
      url,
      connectionTimeout: SMTP_TIMEOUT_MS,
      greetingTimeout: SMTP_TIMEOUT_MS,
      socketTimeout: SMTP_TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const { id, to, subject, text, html } = letter;
    const domain = from.slice(from.lastIndexOf("@") + 1).replace(/[^A-Za-z0-9.-]/g, "");
    try {
      const messageId = `<${id}@${domain || "caum"}>`;
      const address = { name: "", address: to };
      const sending = transport.sendMail({ from, to: address, subject, text, html, messageId });
      await within(sending, signal);
      return DELIVERED;
    } catch (failure) {
      return failed(problemOf(failure, signal));
    } finally {
      transport.close();
    }
  };
}

function problemOf(failure: unknown, signal: AbortSignal): string {
  if (signal.aborted) return "timeout";
  const code =
    failure instanceof Error && "responseCode" in failure
      ? Number(failure.responseCode)
      : Number.NaN;
  return Number.isInteger(code) ? `smtp_${code}` : "connection_failed";
}

function resendMailer({ from, resendKey, resendUrl }: MailSettings): SendMail {
  return async ({ id, to, subject, text, html }, signal) => {
    const resend = await import("resend").catch(() => undefined);
    if (resend === undefined) return failed("resend_not_installed");
    const client = new resend.Resend(resendKey, resendUrl ? { baseUrl: resendUrl } : {});
    try {
      // The same alert again within a day is not sent again.
      const sending = client.emails.send({ from, to, subject, text, html }, { idempotencyKey: id });
      const { error } = await within(sending, signal);
      if (!error) return DELIVERED;
      return failed(error.statusCode ? `resend_${error.statusCode}` : "connection_failed");
    } catch {
      return failed(signal.aborted ? "timeout" : "connection_failed");
    }
  };
}
