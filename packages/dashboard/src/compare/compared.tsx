import { useMemo, useState } from "preact/hooks";
import { count, duration, money, short } from "../parts/format.ts";
import { Regime } from "../parts/regime.tsx";
import { sessionPath } from "../parts/router.ts";
import type { SessionRow } from "../server/answers.ts";
import { Strip } from "../session/charts/strip.tsx";
import type { Trace } from "../session/trace/trace.ts";
import { type Side, sameSteps, sideOf, toolsOfBoth } from "./difference.ts";

/** More tools than these differ the least. */
const TOOLS_SHOWN = 20;

export interface Opened {
  readonly row: SessionRow;
  readonly trace: Trace;
}

interface Properties {
  readonly one: Opened;
  readonly other: Opened;
}

export function Compared({ one, other }: Properties) {
  const [cursor, setCursor] = useState<number>();
  const sides = useMemo(() => [sideOf(one.trace), sideOf(other.trace)] as const, [one, other]);
  const most = Math.max(one.trace.steps.length, other.trace.steps.length);
  return (
    <>
      <section class="panel padded" aria-label="Steps of both">
        {[one, other].map(({ row, trace }, at) => (
          <div key={`${at} ${row.id}`}>
            <p class="line">
              <b>{at === 0 ? "A" : "B"}</b>
              <a href={sessionPath(row.id)}>
                <bdi>{row.title}</bdi>
              </a>
              <Regime regime={row.regime} />
            </p>
            {trace.steps.length > 0 && (
              <Strip
                {...trace}
                most={most}
                cursor={cursor}
                onCursor={setCursor}
                onPick={() => {}}
              />
            )}
          </div>
        ))}
        <p class="quiet">
          Both strips have one measure: a step stands below the step of its number.
        </p>
        <p>{orderWords(...sides)}</p>
      </section>
      <div class="halves">
        <Table label="Figures" rows={figuresOf(...sides)} />
        <Table
          label="Steps by tool"
          rows={toolsOfBoth(...sides)
            .slice(0, TOOLS_SHOWN)
            .map(({ name, one: a, other: b }) => [name, count(a), count(b)])}
        />
      </div>
    </>
  );
}

function orderWords(one: Side, other: Side): string {
  const same = sameSteps(one, other);
  if (same === one.steps && same === other.steps) {
    return `Both call the same tools in the same order, over ${count(same)} steps.`;
  }
  const at = ({ order }: Side) => order[same] ?? "nothing more";
  const begin = same === 0 ? "They begin differently" : `The first ${count(same)} steps are alike`;
  return `${begin}; step ${count(same + 1)} is ${at(one)} in A and ${at(other)} in B.`;
}

type Line = readonly [name: string, one: string, other: string];

function figuresOf(one: Side, other: Side): readonly Line[] {
  const line = (name: string, of: (side: Side) => string): Line => [name, of(one), of(other)];
  const told = <T,>(value: T | undefined, write: (value: T) => string) =>
    value === undefined ? "not known" : write(value);
  return [
    line("steps", ({ steps }) => count(steps)),
    line("loops", ({ loops }) => count(loops)),
    line("steps in loops", ({ loopSteps }) => count(loopSteps)),
    line("failed steps", ({ failures }) => count(failures)),
    line("different tools", ({ tools }) => count(tools.size)),
    line("tokens", ({ tokens }) => told(tokens, short)),
    line("cost", ({ costUsd }) => told(costUsd, money)),
    line("first to last step", ({ tookMs }) => told(tookMs, duration)),
  ];
}

function Table({ label, rows }: { readonly label: string; readonly rows: readonly Line[] }) {
  return (
    <section class="panel padded" aria-label={label}>
      <h2>{label}</h2>
      <table class="figures wraps">
        <thead>
          <tr>
            <th scope="col">
              <span class="hidden">what</span>
            </th>
            <th scope="col">A</th>
            <th scope="col">B</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, one, other]) => (
            <tr key={name}>
              <th scope="row">
                <bdi>{name}</bdi>
              </th>
              <td>{one}</td>
              <td class={one === other ? "quiet" : ""}>{other}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
