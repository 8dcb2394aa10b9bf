/**
 * Draws the changes that are tried, each by itself and by its place: the same sample each time, as long as
 * the code stays as it is. What is not drawn counts as no valid change ("errors" in the table).
 *
 * StrykerJS has no sample of its own. Its plugins that leave out code (`Ignore`) do so with everything
 * below it, and half of all changes are of conditions and blocks, which hold the rest.
 */
import { CheckStatus } from "@stryker-mutator/api/check";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";

/** Of so many thousand changes this many are tried; see run.mjs. */
const SHARE = Number(process.env.MUTATION_SHARE ?? "1000");
const THOUSAND = 1_000;

class Sample {
  async init() {}

  async group(mutants) {
    return [mutants.map(({ id }) => id)];
  }

  async check(mutants) {
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, resultOf(mutant)]));
  }
}

function resultOf({ fileName, location, mutatorName, replacement }) {
  // The copy in which it is changed has another name each time.
  const place = fileName.replaceAll("\\", "/").replace(/^.*\/packages\//, "");
  const { line, column } = location.start;
  return spread([place, line, column, mutatorName, replacement].join(" ")) < SHARE
    ? { status: CheckStatus.Passed }
    : { status: CheckStatus.CompileError, reason: "not in the sample" };
}

/** FNV-1a, its halves mixed: spreads neighbours. */
function spread(text) {
  let hash = 0x811c9dc5;
  for (const unit of text) hash = Math.imul(hash ^ unit.charCodeAt(0), 0x01000193) >>> 0;
  return ((hash ^ (hash >>> 16)) >>> 0) % THOUSAND;
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Checker, "sample", Sample)];
