/** Reads what a collector has to say, and tells what is in the way when it says nothing. */

import { ask, CollectorError, type CollectorPlace } from "@caum/collector/validation";
import { parseJson } from "@caum/core/adapter";

/** It may answer again: nobody is there, or somebody who is busy or broken for the moment. */
export class CollectorAway extends CollectorError {}

/** The session was deleted, or never was. */
export class SessionGone extends CollectorError {}

/**
 * @param list the list that the answer holds
 * @throws {CollectorAway} when it makes sense to ask again
 * @throws {CollectorError} when it does not
 */
export async function readAnswer<Answer>(
  place: CollectorPlace,
  path: string,
  list: keyof Answer & string,
): Promise<Answer> {
  const answer = await answerTo<Answer>(place, "GET", path);
  if (!Array.isArray(answer[list])) throw foreign(place);
  return answer;
}

/**
 * Has something changed.
 *
 * @param part what the answer holds
 * @throws {CollectorError} as above
 */
export async function askJson<Answer>(
  place: CollectorPlace,
  path: string,
  part: keyof Answer & string,
  body: object,
): Promise<Answer> {
  const answer = await answerTo<Answer>(place, "POST", path, body);
  if (answer[part] === undefined) throw foreign(place);
  return answer;
}

async function answerTo<Answer>(
  place: CollectorPlace,
  method: "GET" | "POST",
  path: string,
  body?: object,
): Promise<Answer> {
  const { status, text } = await reach(place, method, path, body);
  if (status === 429 || status >= 500) {
    throw new CollectorAway(`the collector cannot answer now (${status}): try again`);
  }
  if (status === 401 || status === 403) throw new CollectorError(refusalOf(place));
  const answer = objectOf(Buffer.from(text, "latin1").toString("utf8"));
  if (answer === undefined) throw foreign(place);
  if (status === 404) throw new SessionGone("there is no such session: caum sessions lists them");
  if (status === 410) throw new SessionGone("the session was deleted: only its head is kept");
  if (status !== 200) throw new CollectorError(`the collector refused (${status})`);
  // True because the collector checks its answers against the schema of the door.
  return answer as Answer;
}

async function reach(place: CollectorPlace, method: string, path: string, body?: object) {
  try {
    return await ask(place, method, path, body);
  } catch (problem) {
    if (!(problem instanceof CollectorError)) throw problem;
    throw new CollectorAway(problem.message);
  }
}

function foreign({ url }: CollectorPlace): CollectorError {
  return new CollectorError(`what answers at ${url} is no collector: name one with --url`);
}

function refusalOf({ apiKey }: CollectorPlace): string {
  return apiKey === undefined
    ? "a key is needed: give it with --key or CAUM_API_KEY"
    : "the key is not accepted: give another with --key or CAUM_API_KEY";
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  const value = parseJson(text);
  // True because it is an object; the rest is checked by the collector against its schema.
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
