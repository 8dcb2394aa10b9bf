import { createHash } from "node:crypto";

export { hashLeaf } from "@caum/core/verify";

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
