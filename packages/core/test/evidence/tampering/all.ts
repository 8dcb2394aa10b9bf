/** Every kind of damage we can think of, with the verdict it must get and where it must be found. */

import type { Tampering } from "./damage.ts";
import { fine } from "./fine.ts";
import { edits, form } from "./form.ts";
import { heads } from "./heads.ts";
import { order } from "./order.ts";
import { losses, rotation } from "./rotation.ts";
import { sides } from "./sides.ts";

export const TAMPERINGS: readonly Tampering[] = [
  ...fine,
  ...edits,
  ...form,
  ...order,
  ...heads,
  ...sides,
  ...rotation,
  ...losses,
];
