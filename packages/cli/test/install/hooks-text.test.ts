import fc from "fast-check";
import { parse } from "jsonc-parser";
import { expect, test } from "vitest";
import { addHooks, removeHooks } from "../../src/install/hooks-text.ts";

const COMMAND = "x='/a b' && \"$x\"; exit 0";

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
    fc.property(text, (before) => {
      expect(removeHooks(addHooks(before, COMMAND))).toBe(before);
    }),
  );
});

test("adding hooks twice equals adding them once, also after an update of ours", () => {
  fc.assert(
    fc.property(text, (before) => {
      const once = addHooks(before, COMMAND);
      expect(addHooks(once, COMMAND)).toBe(once);
      expect(addHooks(addHooks(before, "old"), COMMAND)).toBe(once);
    }),
  );
});

test("hooks of others stay where they are, in their order", () => {
  fc.assert(
    fc.property(text, (before) => {
      const [was, is] = [before, addHooks(before, COMMAND)].map((one) =>
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
      expect(JSON.stringify(added).match(/# caum-hook:/g)).toHaveLength(9);
    }),
  );
});

test("a hook that was added beside ours since stays", () => {
  const mine = '{"matcher": "Bash", "hooks": []}';
  const edited = addHooks("{}", COMMAND).replace(/("Stop": \[\s*)/, `$1${mine}, `);
  expect(parse(removeHooks(edited))).toEqual({ hooks: { Stop: [JSON.parse(mine)] } });
});
