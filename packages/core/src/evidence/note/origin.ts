/** Origins: the texts that name a tree in its checkpoints. */
import { sha256 } from "../tree/leaf.ts";
import { tagOf } from "./checkpoint.ts";

/** The name a session has in origins and folders: its id is never shown there. */
export function sessionTag(sessionId: string): string {
  return tagOf(sessionId, sha256);
}

/** @param tenant ULID of the tenant */
export function sessionOrigin(keyName: string, tenant: string, sessionId: string): string {
  return `${keyName}/${tenant}/${sessionTag(sessionId)}`;
}

/** The origin of a local run, whose tree holds the records of this run alone. */
export function runOrigin(keyName: string, sessionId: string, runId: string): string {
  return `${keyName}/run/${sessionTag(sessionId)}/${runId}`;
}

/** The origin of the log of a tenant's session heads. @param tenant ULID of the tenant */
export function logOrigin(keyName: string, tenant: string): string {
  return `${keyName}/${tenant}/log`;
}
