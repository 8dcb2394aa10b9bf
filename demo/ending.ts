/** How a round ends: a line per agent with its proof, and how to check one of them without us. */
import { parseVerifierKey, verifyBundle } from "@caum/core/verify";
import { bundleOf, type Place } from "./place.ts";
import { verdictOf } from "./verdict.ts";
import type { WatchedSession } from "./watch.ts";

/** @returns whether every proof holds */
export async function showEnding(
  place: Place,
  played: readonly WatchedSession[],
): Promise<boolean> {
  const { verifierKey } = place.collector;
  const keys = [parseVerifierKey(verifierKey)];
  let isProven = true;
  console.log("");
  for (const one of played) {
    const { verdict } = verifyBundle(await bundleOf(place, one.session), { keys });
    isProven &&= verdict === "ok";
    console.log(`${one.agent.padEnd(7)}  ${verdictOf(one)} | proof ${verdict}`);
  }
  const records = played.reduce((sum, { steps }) => sum + steps.length, 0);
  console.log("\nEvery verdict is observe_only, allowed_to_block=false.");
  console.log(`${records} records, three sessions exported to ${place.home}`);
  const stuck = played.find(({ agent }) => agent === "stuck");
  if (stuck === undefined) return isProven;
  console.log(`chain head of stuck: ${stuck.steps.at(-1)?.leaf}\n`);
  console.log("Check it yourself, offline, with the collector's public key:\n");
  console.log(`  npx caum verify ${await bundleOf(place, stuck.session)} --key ${verifierKey}`);
  return isProven;
}
