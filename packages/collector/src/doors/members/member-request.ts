import { z } from "zod";
import { ROLES } from "../../rows/people/member-rows.ts";

const role = z.enum(ROLES);

/** Text that stays on its line: a label is shown beside others. */
const label = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u, "holds characters that cannot be seen");

export const invitationRequest = z.object({
  role,
  /** A name or an e-mail address. */
  label,
});

export const roleRequest = z.object({ role });
