import { useCallback, useEffect } from "preact/hooks";
import { useAddress } from "../parts/address.ts";
import { useAnswer } from "../parts/use-answer.ts";
import { ViewsMenu } from "../parts/views/views-menu.tsx";
import { BREAKDOWNS, type Overview, readOverview } from "../server/overview/overview.ts";
import { BlindSpots, CameToNothing } from "./blind-spots.tsx";
import { Breakdowns } from "./breakdowns.tsx";
import { Days } from "./days.tsx";
import { Headline } from "./headline.tsx";
import { RangeFields, rangeIn } from "./range.tsx";
import { RegimeMix } from "./regime-mix.tsx";
import { Waiting } from "./waiting.tsx";

const REFRESH_MS = 15_000;

/** What a day begins with: what loops now, what loops cost lately and where, what waits for a look. */
export function OverviewPage() {
  const { query, change } = useAddress();
  const asked = query.toString();
  const ask = useCallback(() => {
    const { kind, name } = nameIn(query);
    return readOverview({ ...rangeIn(query, Date.now()), kind, name });
    // What is asked for is in the text of the query.
  }, [asked]);
  const { answer, failure, isLoading, again } = useAnswer(ask);
  useEffect(() => {
    // Nobody looks at a page in the background.
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") again();
    }, REFRESH_MS);
    return () => clearInterval(timer);
  }, [again]);
  const { kind, name } = nameIn(query);
  return (
    <main aria-busy={answer === undefined && isLoading}>
      <div class="line">
        <h1>Overview</h1>
        <RangeFields query={query} change={change} />
        {name !== undefined && (
          <button type="button" onClick={() => change({ kind: undefined, name: undefined })}>
            {kind}: <bdi>{name}</bdi> <span aria-hidden="true">×</span>
            <span class="hidden">, show all</span>
          </button>
        )}
        <span class="spread" />
        <ViewsMenu />
      </div>
      {failure !== undefined && (
        <div class="panel padded bad" role="alert">
          {failure}
        </div>
      )}
      {answer !== undefined && <Shown overview={answer} of={name} again={again} />}
    </main>
  );
}

/** One name of one kind that the figures are narrowed to. */
function nameIn(query: URLSearchParams) {
  const [kind, name] = [query.get("kind"), query.get("name")];
  const known = BREAKDOWNS.find((breakdown) => breakdown === kind);
  if (known === undefined || !name) return { kind: undefined, name: undefined };
  return { kind: known, name };
}

interface ShownProperties {
  readonly overview: Overview;
  readonly of: string | undefined;
  readonly again: () => void;
}

function Shown({ overview, of, again }: ShownProperties) {
  const { total, days, by, regimes, blind, now, waiting } = overview;
  if (total.sessions === 0 && of === undefined && now.count === 0) return <Nothing />;
  return (
    <>
      <Headline total={total} now={now} />
      <Days days={days} from={overview.from} to={overview.to} />
      <Waiting waiting={waiting} onChange={again} />
      <Breakdowns by={by} isNarrowed={of !== undefined} />
      <div class="halves">
        {regimes !== null && <RegimeMix regimes={regimes} />}
        <div class="stack">
          <CameToNothing total={total} />
          <BlindSpots total={total} blind={blind} />
        </div>
      </div>
    </>
  );
}

function Nothing() {
  return (
    <div class="panel empty">
      <h2>No session in these days</h2>
      <p class="quiet">
        Choose other days, or send the first event. It is here some seconds later.
      </p>
      <a class="button first" href="/onboarding">
        Send the first event
      </a>
    </div>
  );
}
