/**
 * Whose spool it is. A key alone does not tell; the collector does, in the origin of what it signs.
 * Only so can a new key of one tenant deliver what the old one left, and never another's.
 */
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { readKeptFile, writeKept } from "./kept-file.ts";

const TENANT_FILE = "tenant";

/** @param origin of a checkpoint whose signature was verified: `<key name>/<tenant>/<session>` */
export async function noteTenant(
  { root, collector }: { readonly root: string; readonly collector: string },
  origin: string,
): Promise<void> {
  // With the URL, so that another server cannot pass itself off as this one.
  const tenant = `${collector} ${origin.slice(0, origin.lastIndexOf("/"))}`;
  if ((await readKeptFile(join(root, TENANT_FILE))) === undefined) {
    await writeKept(join(root, TENANT_FILE), tenant);
  }
}

/** The other spools that belong to the tenant of this one; none while that is not known. */
export async function spoolsOfTenant(root: string): Promise<readonly string[]> {
  const tenant = await readKeptFile(join(root, TENANT_FILE));
  if (tenant === undefined) return [];
  const parent = dirname(root);
  const names = await readdir(parent).catch(() => []);
  const others = names.filter((name) => name !== basename(root)).map((name) => join(parent, name));
  const tenants = await Promise.all(others.map((other) => readKeptFile(join(other, TENANT_FILE))));
  return others.filter((_, index) => tenants[index] === tenant);
}
