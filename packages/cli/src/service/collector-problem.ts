import { doorUrl } from "@caum/core/settings";

const WITHIN_MS = 2_000;

/** Why nothing can be sent there now; undefined when a collector is up. */
export async function collectorProblem(url: string): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(WITHIN_MS);
    const { status } = await fetch(doorUrl(url, "/healthz"), { signal });
    return status === 200 ? undefined : `${url} answers ${status}: is it a collector?`;
  } catch {
    return `nobody answers at ${url}: start it with caum up; records wait on the disk until then`;
  }
}
