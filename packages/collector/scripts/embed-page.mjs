/** Puts the built page beside the collector's compiled sources, where it is served from. */
import { cpSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildDashboard } from "../../dashboard/scripts/build.mjs";

const BUILT = fileURLToPath(new URL("../../dashboard/dist/page", import.meta.url));
const SERVED = fileURLToPath(new URL("../dist/page", import.meta.url));

export async function embedPage() {
  await buildDashboard();
  rmSync(SERVED, { recursive: true, force: true });
  cpSync(BUILT, SERVED, { recursive: true });
}
