import { count, money, short, shortHash } from "../parts/format.ts";
import type { Recorded } from "../server/answers.ts";

/** What one run, or one agent within it, did. */
interface Branch {
  readonly name: string;
  about: string | undefined;
  records: number;
  steps: number;
  tokens: number;
  costUsd: number;
  readonly agents: Map<string, Branch>;
}

/** Runs of the session, and the sub-agents that spoke in each. */
export function RunTree({ records }: { readonly records: readonly Recorded[] }) {
  return (
    <section class="panel padded" aria-label="Runs and sub-agents">
      <h2>Runs and sub-agents</h2>
      <ul class="tree">
        {[...branchesOf(records).values()].map((run) => (
          <li key={run.name}>
            <Line branch={run} kind="run" name={shortHash(run.name)} about={run.about} />
            {run.agents.size > 0 && (
              <ul>
                {[...run.agents.values()].map((agent) => (
                  <li key={agent.name}>
                    <Line branch={agent} kind="agent" name={agent.name} />
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

interface LineProperties {
  readonly branch: Branch;
  readonly kind: string;
  readonly name: string;
  readonly about?: string | undefined;
}

function Line({ branch, kind, name, about }: LineProperties) {
  const { records, steps, tokens, costUsd } = branch;
  return (
    <>
      <span class="quiet">{kind}</span> <bdi class="mono">{name}</bdi> {about}
      <br />
      <span class="quiet">
        {count(steps)} {steps === 1 ? "step" : "steps"}, {count(records)}{" "}
        {records === 1 ? "record" : "records"},{" "}
        {tokens > 0 ? `${short(tokens)} tokens` : "tokens not known"},{" "}
        {costUsd > 0 ? money(costUsd) : "cost not known"}
      </span>
    </>
  );
}

function branchesOf(records: readonly Recorded[]): ReadonlyMap<string, Branch> {
  const runs = new Map<string, Branch>();
  for (const record of records) {
    const run = branchIn(runs, record.run);
    add(run, record);
    run.about ??= record.opens;
    if (record.agentTag !== undefined) add(branchIn(run.agents, record.agentTag), record);
  }
  return runs;
}

function branchIn(branches: Map<string, Branch>, name: string): Branch {
  const known = branches.get(name);
  if (known !== undefined) return known;
  const branch = {
    name,
    about: undefined,
    records: 0,
    steps: 0,
    tokens: 0,
    costUsd: 0,
    agents: new Map(),
  };
  branches.set(name, branch);
  return branch;
}

function add(branch: Branch, { assessed, tokens, costUsd }: Recorded): void {
  branch.records += 1;
  branch.steps += Number(assessed !== undefined);
  branch.tokens += tokens ?? 0;
  branch.costUsd += costUsd ?? 0;
}
