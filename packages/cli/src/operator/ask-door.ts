/** Asks a door of a collector for an operator, and says in one sentence why it did not do it. */
import { ask, CollectorError, type CollectorPlace } from "@caum/collector/validation";
import { parseJson } from "@caum/core/adapter";

/**
 * @returns the answer as it came, in UTF-8
 * @throws {CollectorError} when nobody answers, what answers is no collector, or it refuses
 */
export async function askDoor(
  place: CollectorPlace,
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  body?: object,
): Promise<string> {
  const { status, text } = await ask(place, method, path, body);
  const answer = Buffer.from(text, "latin1").toString("utf8");
  const told = parseJson(answer);
  if (typeof told !== "object" || told === null) throw foreign(place);
  if (status === 200 || status === 201) return answer;
  throw new CollectorError(refusalOf(place, status, told));
}

/** The same for answers that are read here. */
export async function askFor<Answer>(
  place: CollectorPlace,
  part: keyof Answer & string,
  ...request: readonly ["GET" | "POST" | "PUT", path: string, body?: object]
): Promise<Answer> {
  const answer: unknown = JSON.parse(await askDoor(place, ...request));
  if (!Object.hasOwn(answer as object, part)) throw foreign(place); // It was one, just now.
  // True because the collector checks its answers against the schema of the door.
  return answer as Answer;
}

function foreign({ url }: CollectorPlace): CollectorError {
  return new CollectorError(`what answers at ${url} is no collector: name one with --url`);
}

const GIVE = "give it with --key or CAUM_API_KEY, or the collector's folder with --data";

function refusalOf({ apiKey }: CollectorPlace, status: number, told: object): string {
  if (apiKey === undefined) return `a key is needed: ${GIVE}`;
  if (status === 401) return `the key is not accepted: ${GIVE}`;
  if (status === 403) return `an admin key is needed: ${GIVE}`;
  // What a collector answers in place of what it was asked for.
  const { error } = told as { readonly error?: { readonly message?: unknown } };
  const reason = typeof error?.message === "string" ? error.message : "it does not say why";
  return `the collector refused (${status}): ${reason}`;
}
