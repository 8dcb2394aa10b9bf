/** Speaks `POST /v1/runs/{runId}/records`: canonical lines, stored as they are. */
import type { Address } from "./address.ts";
import {
  type AnswerBody,
  isCount,
  isHash,
  isObject,
  jsonOf,
  notACollector,
  replyToFailure,
  unreachable,
} from "./answer.ts";
import type { HttpAnswer, Transport } from "./http-transport.ts";
import type { Entry, Reply, TreeStanding, Upstream } from "./upstream.ts";

const NOTHING_TO_SEND: Reply = {
  outcome: "taken",
  settled: 0,
  duplicate: new Set(),
  forked: new Set(),
};
const HTTP_OK = 200;
const HTTP_REDIRECT = 300;

export class RunsUpstream implements Upstream {
  readonly #address: Address;
  readonly #transport: Transport;

  constructor(address: Address, transport: Transport) {
    this.#address = address;
    this.#transport = transport;
  }

  async send(entries: readonly Entry[]): Promise<Reply> {
    const [first] = entries;
    if (first === undefined) return NOTHING_TO_SEND;
    try {
      const answer = await this.#transport({
        method: "POST",
        url: this.#address.at(`v1/runs/${first.runId}/records`),
        headers: this.#address.headers("application/x-ndjson"),
        body: `${entries.map(({ line }) => line).join("\n")}\n`,
      });
      return replyTo(answer, entries);
    } catch (problem) {
      return unreachable(problem);
    }
  }
}

function replyTo(answer: HttpAnswer, entries: readonly Entry[]): Reply {
  const { status } = answer;
  if (status < HTTP_OK || status >= HTTP_REDIRECT) return replyToFailure(answer);
  const body = jsonOf(answer.body);
  if (!body || !isCount(body.accepted) || !Array.isArray(body.results)) {
    return notACollector(status);
  }
  const results: readonly unknown[] = body.results;
  const outcomes = results.filter(isObject);
  const gapLine = Math.min(...outcomes.filter(isGap).map(({ line }) => Number(line)));
  const settled = Number.isFinite(gapLine) ? gapLine - 1 : entries.length;
  const positions = (kind: string) =>
    new Set(outcomes.filter(({ status }) => status === kind).map(({ line }) => Number(line) - 1));
  const gap = outcomes.find(({ line, status: outcome }) => outcome === "gap" && line === gapLine);
  const standing = standingOf(body);
  return {
    outcome: "taken",
    settled,
    duplicate: positions("duplicate"),
    forked: positions("fork"),
    ...(gap && isCount(gap.expected) && isHash(body.run_head)
      ? { gap: { expected: gap.expected, head: body.run_head } }
      : {}),
    ...(standing && { standing }),
  };
}

function isGap(result: AnswerBody): boolean {
  return result.status === "gap" && isCount(result.line) && result.line >= 1;
}

function standingOf({ evidence }: AnswerBody): TreeStanding | undefined {
  if (!isObject(evidence)) return undefined;
  const { merkle_root: merkleRoot, tree_size: treeSize, run_count: runCount } = evidence;
  const isWhole = isHash(merkleRoot) && isCount(treeSize) && isCount(runCount);
  return isWhole ? { merkleRoot, treeSize, runCount } : undefined;
}
