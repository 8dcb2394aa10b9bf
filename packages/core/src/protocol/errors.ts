import { z } from "zod";

/** Every code that a door answers with. */
export const ERROR_CODES = [
  "VALIDATION_ERROR",
  "NOT_CANONICAL",
  "AUTHENTICATION_FAILED",
  "FORBIDDEN",
  "NOT_FOUND",
  "METHOD_NOT_ALLOWED",
  "CONFLICT",
  "GONE",
  "PAYLOAD_TOO_LARGE",
  "UNSUPPORTED_MEDIA_TYPE",
  "NORMALIZATION_FAILED",
  "RATE_LIMITED",
  "INTERNAL_ERROR",
  "billing_not_configured",
  "UNAVAILABLE",
  "STORAGE_FULL",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** One field that was refused; never its value. */
export const errorDetail = z.object({
  path: z.array(z.union([z.string(), z.number()])),
  code: z.string(),
  message: z.string(),
});

export const errorAnswer = z.object({
  error: z.object({
    code: z.enum(ERROR_CODES),
    message: z.string(),
    details: z.array(errorDetail).optional(),
  }),
});

/** The documented body when a trial is over; the step door keeps its own shape. */
export const trialExpiredAnswer = z.object({
  error: z.literal("trial_expired"),
  message: z.string(),
  upgrade_url: z.string(),
});
