/** Who may sign in to an account, and the links that invite them. */
import { getJson, request, sendJson } from "../request.ts";

export type Role = "viewer" | "admin";

export interface Member {
  readonly member_id: string;
  readonly role: Role;
  readonly label: string;
  /** Null while they are invited only. */
  readonly joined_at: string | null;
  readonly last_seen_at: string | null;
  readonly link_expires_at: string | null;
  readonly has_provider: boolean;
}

export interface Invitation {
  readonly member_id: string;
  /** Told once. */
  readonly link: string;
  readonly expires_at: string;
}

export async function listMembers(): Promise<readonly Member[]> {
  return (await getJson<{ members: readonly Member[] }>("/v1/members")).members;
}

const placeOf = (id: string) => `/v1/members/${encodeURIComponent(id)}`;

export const invite = (label: string, role: Role) =>
  sendJson<Invitation>("POST", "/v1/invitations", { label, role });
/** The link before can be used no more. */
export const renewLink = (id: string) => sendJson<Invitation>("POST", `${placeOf(id)}/link`);
export const setRole = (id: string, role: Role) => sendJson("PUT", placeOf(id), { role });
export const removeMember = (id: string) => request(placeOf(id), { method: "DELETE" });
