/** One session for each regime and each tier, through both doors that take steps by hand. */
import { expect } from "vitest";
import { liveSession, type Page, postSteps, type Row, type Seen, times } from "./row.ts";

/** A step of either door: what was asked and where it led, as far as somebody says so. */
interface Deed {
  readonly tool: string;
  readonly asked?: string;
  readonly state?: string;
}

const TOOLS = ["read_file", "grep", "write_file", "pytest", "git_log"] as const;
const WORDS =
  "apple birch cedar dune elm fern grove heath iris jade kelp larch moss nettle oak pine quartz reed sage thyme";
const word = (at: number) =>
  `${WORDS.split(" ")[at % 20]}-${WORDS.split(" ")[Math.floor(at / 20)]}`;

const varied = times(16, (at) => ({
  tool: TOOLS[at % 5] ?? "read_file",
  state: `state number ${at}`,
}));
const writing = times(12, (at) => ({
  tool: at % 2 === 0 ? "write_file" : "read_file",
  state: `state number ${at}`,
}));
const reading = (count: number) =>
  times(count, (at) => ({ tool: "read_file", state: `state number ${at}` }));
const searching = (count: number) =>
  times(count, (at) => ({ tool: "search", asked: word(at), state: "nothing was found" }));
const narrowing = times(14, (at) => ({
  tool: "search",
  asked: word(at),
  state: at % 2 === 0 ? "nothing was found" : "nothing is there",
}));
const thinking = times(6, () => ({ tool: "llm_call" }));
const looping = times(6, () => ({ tool: "search", asked: "apple", state: "nothing was found" }));

/** Each with what a session of it looks like; the last step is in it. */
const REGIMES: readonly (readonly [regime: string, is: string, deeds: readonly Deed[]])[] = [
  ["WARMING_UP", "the first steps", reading(2)],
  ["EXPLORER", "several kinds of work, each step new", varied],
  ["EXPANSION", "many changes, each new", writing],
  ["LINEAR_PROGRESS", "new steps of one kind", reading(8)],
  ["STABLE", "steps of which nothing but names is known", times(7, () => ({ tool: "bash" }))],
  ["GRIND", "one name again and again, and nothing else", times(10, () => ({ tool: "bash" }))],
  ["LOOP", "the same call with the same state", looping],
  ["REASONING_LOOP", "turns of the model without a tool between", thinking],
  ["STAGNATION", "one answer, whatever is asked", searching(7)],
  ["FUNNEL_TRAP", "ever new questions of one kind, ever the old answers", narrowing],
];

const TIERS: readonly (readonly [tier: string, is: string, deeds: readonly Deed[]])[] = [
  ["T1", "several kinds of work, each step new", varied],
  ["T2", "new steps of one kind", reading(8)],
  ["T3", "one kind of work and nothing else", reading(18)],
  ["T4", "one answer for long, whatever is asked", searching(18)],
  ["T5", "a loop", looping],
];

async function byStep(seen: Seen, deeds: readonly Deed[]) {
  const steps = deeds.map(({ tool, asked, state }) => ({
    tool,
    ...(asked !== undefined && { arguments: { question: asked } }),
    ...(state !== undefined && { state_hash: state }),
  }));
  const answers = await postSteps(seen, seen.door.newId(), steps);
  return answers.at(-1)?.body;
}

async function byLive(seen: Seen, deeds: readonly Deed[]) {
  const session = await liveSession(seen);
  let last: { structural_health: object; current_tier: string } | undefined;
  for (const { tool, asked, state } of deeds) {
    const name = tool === "llm_call" ? { event: tool } : { event: "tool_call", tool };
    last = (await session.post({ ...name, input_id: asked, state_id: state })).body;
  }
  return last;
}

function regimeRow([regime, is, deeds]: (typeof REGIMES)[number]): Row {
  return {
    says: `\`${regime}\`: ${is}; by \`/v1/step\` and by the live door`,
    check: async (seen) => {
      expect(await byStep(seen, deeds)).toMatchObject({ regime });
      expect(await byLive(seen, deeds)).toMatchObject({ structural_health: { regime } });
    },
  };
}

function tierRow([tier, is, deeds]: (typeof TIERS)[number]): Row {
  return {
    says: `${tier}: ${is}; by \`/v1/step\` and by the live door`,
    check: async (seen) => {
      expect(await byStep(seen, deeds)).toMatchObject({ tier });
      expect(await byLive(seen, deeds)).toMatchObject({ current_tier: tier });
    },
  };
}

export const regimesPage: Page = {
  title: "Regimes and tiers",
  rows: [
    ...REGIMES.map(regimeRow),
    ...TIERS.map(tierRow),
    {
      says: "a short session is T3 when it ends",
      check: async (seen) => {
        const id = seen.door.newId();
        await postSteps(seen, id, [{ tool: "bash" }]);
        const { body } = await seen.door.post(`/v1/session/${id}/end`);
        expect(body).toMatchObject({ tier: "T3", uds_capped_by: "short_session" });
        expect((await seen.door.get(`/v1/session/${id}`)).body.session.tier).toBe("T3");
      },
    },
  ],
};
