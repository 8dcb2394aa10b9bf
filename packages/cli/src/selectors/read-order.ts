/** The order of the steps of one session, from where a selector found it. */
import { CollectorError } from "@caum/collector/validation";
import { StepOrder } from "@caum/workflows";
import { CollectorSteps } from "../sessions/collector/collector-steps.ts";
import { LocalSessions } from "../sessions/local/local-sessions.ts";
import type { StepFeed } from "../sessions/source/live-step.ts";
import { type SourceFlags, whereOf } from "../sessions/source-of.ts";
import { fileProfiles } from "./file-profiles.ts";
import { OrderOfOne } from "./order-of-one.ts";
import type { Selector } from "./selector.ts";

/**
 * Tools, or who spoke, step by step; undefined where that is not known.
 *
 * @throws {CollectorError} when a collector that is configured does not answer
 */
export async function readOrder(
  { filter, paths, runs }: Selector,
  session: string,
  flags: SourceFlags,
): Promise<readonly string[] | undefined> {
  const orders: (readonly string[] | undefined)[] = [];
  if (paths.length > 0) {
    const order = new OrderOfOne(session);
    await fileProfiles(paths, { sinceMs: filter.sinceMs, order });
    orders.push(order.names);
  }
  if (runs !== undefined) orders.push(await runOrder(runs || whereOf(flags).home, session));
  const isConfigured = paths.length === 0 && runs === undefined;
  if (isConfigured) orders.push(...(await configuredOrders(session, flags)));
  // Of a session that is in two places, the one that has come further.
  return orders.reduce((one, other) => ((other?.length ?? 0) > (one?.length ?? 0) ? other : one));
}

async function configuredOrders(session: string, flags: SourceFlags) {
  const { home, collector, nearby } = whereOf(flags);
  if (collector !== undefined) return [await orderIn(new CollectorSteps(collector, session))];
  const here = await runOrder(home, session);
  if (nearby === undefined) return [here];
  try {
    return [here, await orderIn(new CollectorSteps(nearby, session))];
  } catch (problem) {
    // Nobody named this collector: that it does not run, or does not know the session, is no failure.
    if (problem instanceof CollectorError) return [here];
    throw problem;
  }
}

function runOrder(home: string, only: string): Promise<readonly string[] | undefined> {
  return orderIn(new LocalSessions(home, { only }));
}

async function orderIn(feed: StepFeed): Promise<readonly string[] | undefined> {
  const order = new StepOrder();
  for (const { step, tool } of await feed.read()) order.take(step, { toolName: tool });
  return order.names.length === 0 ? undefined : order.names;
}
