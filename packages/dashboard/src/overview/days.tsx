import { DayBars } from "../parts/drawing/day-bars.tsx";
import { count, share } from "../parts/format.ts";
import type { Overview } from "../server/overview/overview.ts";

const DAY_MS = 86_400_000;
const HEIGHT = 90;

/** Sessions and loops by day, the earliest first and none left out. */
export function Days({ days, from, to }: Pick<Overview, "days" | "from" | "to">) {
  const known = new Map(days.map((day) => [day.day, day]));
  // Tomorrow is asked for because of clocks that are ahead; without a session it is not shown.
  const last = known.has(to) ? to : dateOf(Math.min(Date.parse(to), Date.now()));
  const shown = daysFrom(from, last).map((day) => {
    const { sessions = 0, looping_sessions: looping = 0 } = known.get(day) ?? {};
    return { day, sessions, looping };
  });
  const most = shown.reduce((one, other) => (other.looping > one.looping ? other : one), {
    day: "",
    sessions: 0,
    looping: 0,
  });
  const sum = (of: "sessions" | "looping") => shown.reduce((all, day) => all + day[of], 0);
  const [sessions, looping] = [sum("sessions"), sum("looping")];
  return (
    <section class="panel padded" aria-label="By day">
      <h2>
        Sessions by day
        <span class="quiet">
          <i class="swatch all" />
          without a loop
          <i class="swatch looping" />
          with a loop
        </span>
      </h2>
      <DayBars
        days={shown}
        height={HEIGHT}
        label={`${count(sessions)} sessions from ${from} to ${last}, ${count(looping)} of them with a loop`}
      />
      <p class="quiet">
        {looping === 0
          ? `None of ${count(sessions)} sessions from ${from} to ${last} had a loop.`
          : `Most loops began on ${most.day}: ${count(most.looping)} of ${count(most.sessions)} sessions (${share(most.looping, most.sessions)}). Days are in UTC; a session counts on the day on which it began.`}
      </p>
    </section>
  );
}

function daysFrom(from: string, to: string): readonly string[] {
  const days: string[] = [];
  for (let ms = Date.parse(from); ms <= Date.parse(to); ms += DAY_MS) days.push(dateOf(ms));
  return days;
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, "2026-01-01".length);
}
