/** Addresses of the page that people of an account keep under a name. */
import { getJson, request, sendJson } from "../request.ts";

export interface SavedView {
  readonly id: string;
  readonly name: string;
  /** Path and query, as if the collector had no path on its host. */
  readonly address: string;
}

interface Answer {
  readonly views: readonly SavedView[];
}

const PATH = "/dashboard-api/views";

export async function listViews(): Promise<readonly SavedView[]> {
  return (await getJson<Answer>(PATH)).views;
}

/** In place of one that has the same name. */
export async function saveView(name: string, address: string): Promise<readonly SavedView[]> {
  return (await sendJson<Answer>("POST", PATH, { name, address })).views;
}

export async function deleteView(id: string): Promise<readonly SavedView[]> {
  const answer = await request(`${PATH}/${id}`, { method: "DELETE" });
  return ((await answer.json()) as Answer).views; // Answers are the collector's own.
}
