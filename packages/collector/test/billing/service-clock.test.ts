import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { ServiceClock } from "../../src/billing/service-clock.ts";
import type { ServiceClockRow } from "../../src/rows/billing-rows.ts";
import type { Store } from "../../src/store/store.ts";
import { DAY_MS, HOUR_MS, machineClocks, NOON } from "./account.ts";

/** Keeps the one row as every store does: the greater of both. */
function rowStore(): Store {
  let row: ServiceClockRow | undefined;
  const store: Pick<Store, "administer"> & {
    readonly reader: Pick<Store["reader"], "serviceClock">;
  } = {
    reader: { serviceClock: async () => row },
    async administer(command) {
      if (command.kind !== "save_service_clock") throw new Error("not asked for here");
      const { serviceMs, highMs } = command.clock;
      row = {
        serviceMs: Math.max(serviceMs, row?.serviceMs ?? 0),
        highMs: Math.max(highMs, row?.highMs ?? 0),
      };
      return { kind: "done", value: 1 };
    },
  };
  return store as Store; // The clock uses nothing else of it.
}

function clocksOf(machine: ReturnType<typeof machineClocks>) {
  return { wall: machine.clock, uptime: machine.uptime };
}

const shifts = fc.oneof(
  fc.record({ kind: fc.constant("wait" as const), ms: fc.nat(3 * DAY_MS) }),
  fc.record({ kind: fc.constant("set" as const), ms: fc.integer({ min: -4e11, max: 4e11 }) }),
  fc.record({ kind: fc.constant("restart" as const), ms: fc.nat(3 * DAY_MS) }),
);

test("whatever happens to the machine's clock, time that passed counts and none comes back", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(shifts, { maxLength: 30 }), async (happenings) => {
      const machine = machineClocks();
      const store = rowStore();
      let clock = await ServiceClock.open(store, clocksOf(machine), false);
      const startMs = clock.now();
      let before = startMs;
      let ranMs = 0;
      let jumps = 0;
      for (const { kind, ms } of happenings) {
        if (kind === "wait") {
          machine.wait(ms);
          ranMs += ms;
        } else if (kind === "set") {
          machine.set(NOON + ms);
          jumps += 1;
        } else {
          await clock.save();
          machine.reboot(ms);
          jumps += 1;
          clock = await ServiceClock.open(store, clocksOf(machine), false);
        }
        const now = clock.now();
        expect(now).toBeGreaterThanOrEqual(before);
        before = now;
      }
      expect(before - startMs).toBeGreaterThanOrEqual(ranMs);
      expect(before - startMs).toBeLessThanOrEqual(ranMs + jumps * DAY_MS);
      await clock.stop();
    }),
    { numRuns: 200 },
  );
});

test("asking often makes the time go neither faster nor slower", async () => {
  const machine = machineClocks();
  const clock = new ServiceClock(rowStore(), clocksOf(machine), undefined);
  const startMs = clock.now();
  for (let asked = 0; asked < 10_000; asked++) {
    machine.wait(0.2);
    clock.now();
  }
  expect(clock.now() - startMs).toBeGreaterThanOrEqual(1_999);
  expect(clock.now() - startMs).toBeLessThanOrEqual(2_000);
});

test("a machine that sleeps uses up its trial by a day at most", () => {
  const machine = machineClocks();
  const clock = new ServiceClock(rowStore(), clocksOf(machine), undefined);
  const startMs = clock.now();
  machine.set(NOON + 9 * HOUR_MS);
  expect(clock.now() - startMs).toBe(9 * HOUR_MS);
  machine.set(NOON + 30 * DAY_MS);
  expect(clock.now() - startMs).toBe(9 * HOUR_MS + DAY_MS);
});

test("what has passed is written down while the collector runs, once there was a trial", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  try {
    const machine = machineClocks();
    const [store, idle] = [rowStore(), rowStore()];
    const clock = await ServiceClock.open(store, clocksOf(machine), true);
    await ServiceClock.open(idle, clocksOf(machine), false);
    machine.wait(60_000);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await store.reader.serviceClock()).toEqual({
      serviceMs: NOON + 60_000,
      highMs: NOON + 60_000,
    });
    expect(await idle.reader.serviceClock()).toBeUndefined();
    machine.wait(1_000);
    await clock.stop();
    expect(await store.reader.serviceClock()).toMatchObject({ serviceMs: NOON + 61_000 });
  } finally {
    vi.useRealTimers();
  }
});

test("nodes that share a store go by the one that is furthest", async () => {
  const machine = machineClocks();
  const store = rowStore();
  const [first, second] = [1, 2].map(
    () => new ServiceClock(store, clocksOf(machine), undefined),
  ) as [ServiceClock, ServiceClock];
  machine.wait(HOUR_MS);
  await first.save();
  const late = new ServiceClock(store, { wall: () => NOON - DAY_MS, uptime: () => 0 }, undefined);
  await late.save();
  expect(late.now()).toBe(first.now());
  await second.save();
  expect(second.now()).toBe(first.now());
});
