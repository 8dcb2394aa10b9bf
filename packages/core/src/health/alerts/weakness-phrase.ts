import { WEAKNESSES, type Weakness } from "../scores/weakness.ts";

const KNOWN: ReadonlySet<string> = new Set(WEAKNESSES);

export function isWeakness(rule: string): rule is Weakness {
  return KNOWN.has(rule);
}

/**
 * What a session does that is no loop by a rule, after "has" or "had".
 *
 * @param tool as it is quoted
 */
export function weaknessPhrase(weakness: Weakness, cycles: number, tool: string): string {
  const times = cycles === 1 ? "once" : `${cycles} times`;
  const steps = `${cycles} ${cycles === 1 ? "step" : "steps"}`;
  switch (weakness) {
    case "talk":
      return `spoken ${times} in a row without using a tool`;
    case "long_wait":
      return `waited with ${tool} for ${steps}`;
    case "same_answers":
      return `got the same answer from ${tool} ${times} in a row`;
    case "probing":
      return `made the same call again and again, the latest with ${tool}`;
    case "narrow_search":
      return `searched for ${steps} and learned little`;
    case "repeats":
      return `repeated earlier calls in ${cycles} of its latest steps`;
    case "same_call":
      return `called ${tool} ${times} in a row with the same question`;
    case "failures":
      return `made ${cycles} calls in a row that failed`;
    case "one_kind_of_work":
      return `done one kind of work for ${steps}`;
    case "little_new":
      return `done little that is new for ${steps}`;
    case "little_done":
      return `got little done for ${steps}`;
  }
}
