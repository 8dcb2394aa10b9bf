import { expect, test } from "vitest";
import { soak } from "./run.ts";

/** The short form; `npm run soak -- --requests 1000000` is the long one, with the slope of memory. */
test("thousands of requests, most of them accepted, have no 5xx among their answers", {
  timeout: 120_000,
}, async () => {
  const { accepted, failed, failures, requests, memoryMb } = await soak(4_000, 3);
  expect({ failed, failures }).toEqual({ failed: 0, failures: [] });
  expect(accepted).toBeGreaterThan(requests / 2);
  // Caches fill at first; a request that kept a kilobyte each would be seen beside them.
  if (process.platform === "linux")
    expect((memoryMb[9] ?? 0) - (memoryMb[4] ?? 0)).toBeLessThan(100);
});
