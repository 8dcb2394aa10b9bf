import fc from "fast-check";
import { parse } from "jsonc-parser";
import { expect, test } from "vitest";
import { HOOK_FILES } from "../../../src/install/hooks/hook-files.ts";
import {
  addHooks,
  type Hooking,
  IN_GROUPS,
  removeHooks,
} from "../../../src/install/hooks/hooks-text.ts";

const command = "x='/a b' && \"$x\"; exit 0";
/** Every form in which a client keeps hooks beside settings of its own. */
const HOOKINGS = HOOK_FILES.flatMap(({ form, events }): readonly Hooking[] =>
  "isNested" in form ? [{ form, events, command }] : [],
);
const hooking = fc.constantFrom(...HOOKINGS);
const [CLAUDE_CODE = { form: IN_GROUPS, events: [], command }] = HOOKINGS;

const group = fc.record({
  matcher: fc.constantFrom("*", "Bash", ""),
  hooks: fc.array(
    fc.record({ type: fc.constant("command"), command: fc.string({ maxLength: 6 }) }),
    { maxLength: 2 },
  ),
});
const hooks = fc.dictionary(
  fc.constantFrom("PreToolUse", "PostToolUse", "Stop", "Notification"),
  fc.array(group, { maxLength: 2 }),
);
const settings = fc.record(
  { model: fc.string({ maxLength: 5 }), hooks, env: fc.constant({}) },
  { requiredKeys: [] },
);
const text = fc
  .tuple(
    settings,
    fc.constantFrom(undefined, 2, 4, "\t"),
    fc.constantFrom("\n", "\r\n"),
    fc.constantFrom("", "\ufeff"),
  )
  .map(
    ([value, indent, newLine, mark]) =>
      `${mark}${JSON.stringify(value, undefined, indent).replaceAll("\n", newLine)}${newLine}`,
  );

test("adding hooks and taking them out gives back every byte", () => {
  fc.assert(
    fc.property(text, hooking, (before, hooks) => {
      expect(removeHooks(addHooks(before, hooks))).toBe(before);
    }),
  );
});

test("adding hooks twice equals adding them once, also after an update of ours", () => {
  fc.assert(
    fc.property(text, hooking, (before, hooks) => {
      const once = addHooks(before, hooks);
      expect(addHooks(once, hooks)).toBe(once);
      expect(addHooks(addHooks(before, { ...hooks, command: "old" }), hooks)).toBe(once);
    }),
  );
});

test("hooks of others stay where they are, in their order", () => {
  fc.assert(
    fc.property(text, (before) => {
      const [was, is] = [before, addHooks(before, CLAUDE_CODE)].map((one) =>
        parse(one.replace("\ufeff", "")),
      );
      const { hooks: added, ...others } = is;
      const { hooks: known = {}, ...sameOthers } = was;
      expect(others).toEqual(sameOthers);
      for (const [event, groups] of Object.entries<unknown[]>(known)) {
        expect(added[event].slice(-groups.length || added[event].length)).toEqual(
          expect.arrayContaining(groups),
        );
      }
      expect(JSON.stringify(added).match(/# caum-hook:/g)).toHaveLength(CLAUDE_CODE.events.length);
    }),
  );
});

test("a hook that was added beside ours since stays", () => {
  const mine = '{"matcher": "Bash", "hooks": []}';
  const edited = addHooks("{}", CLAUDE_CODE).replace(/("Stop": \[\s*)/, `$1${mine}, `);
  expect(parse(removeHooks(edited))).toEqual({ hooks: { Stop: [JSON.parse(mine)] } });
});
