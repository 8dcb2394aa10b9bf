import { createObserver, Observer } from "@caum/core";
import { Adapter, CallMerger } from "@caum/core/adapter";
import { test, vi } from "vitest";
import { expectSame } from "./compare.ts";
import { SCENARIOS } from "./scenarios.ts";
import type { WireServer } from "./server.ts";

/** A vendor's clients; made in `beforeAll`, so each is asked for when a test runs. */
export interface ComparedClients<Client> {
  readonly server: () => WireServer;
  readonly bare: () => Client;
  readonly wrapped: () => Client;
  readonly wrapAnother: (observer: Observer) => Client;
  /** All that a user does with a client, by name. */
  readonly surfaces: Readonly<Record<string, (client: Client, model: string) => Promise<unknown>>>;
  /** Names of the surfaces that read bytes and errors in different ways. */
  readonly readers: readonly string[];
}

/** Where each surface has something to lose. */
const ORDINARY = ["plain", "tools", "parallel", "json", "unknown", "cut", "bad-request", "flaky"];
/** What has a test of its own; the rest depends on bytes and on errors only. */
const OTHERS = [...ORDINARY, "held", "silent", "late head", "late body", "repeats"];
const UNUSUAL = Object.keys(SCENARIOS).filter((name) => !OTHERS.includes(name));

/** Registers the tests that hold for every vendor: nobody notices that a client is wrapped. */
export function testEverySurface<Client>(clients: ComparedClients<Client>): void {
  const { surfaces, readers } = clients;
  const same = (surface: string, model: string, wrapped = clients.wrapped()) =>
    expectSame(clients.server(), clients.bare(), wrapped, (client) =>
      surfaces[surface]!(client, model),
    );

  test.each(Object.keys(surfaces))("%s gives what the bare client gives", async (surface) => {
    for (const model of ORDINARY) await same(surface, model);
  });

  test.each(UNUSUAL)("%s passes as if nobody looked", async (model) => {
    for (const surface of readers) await same(surface, model);
  });

  test("with our core throwing at every call, nothing changes for the caller", async () => {
    breakCore();
    try {
      for (const surface of Object.keys(surfaces)) {
        for (const model of ["parallel", "vendor-tools", "same-ids", "cut", "flaky"]) {
          await same(surface, model);
        }
      }
    } finally {
      vi.restoreAllMocks();
    }
  });

  test("with the disk refusing every write, nothing changes for the caller", async () => {
    const identity = { writer: "test", writerVersion: "1", layer: "model", view: "full" } as const;
    const observer = createObserver({ ...identity, home: "/dev/null/caum", env: {} });
    const wrapped = clients.wrapAnother(observer);
    for (const surface of readers) await same(surface, "parallel", wrapped);
    await observer.flush();
  });
}

function breakCore(): void {
  const broken = () => {
    throw new Error("core is broken");
  };
  vi.spyOn(Observer.prototype, "session").mockImplementation(broken);
  vi.spyOn(Adapter.prototype, "failed").mockImplementation(broken);
  for (const name of [
    "turnStarted",
    "turnEnded",
    "requested",
    "ended",
    "answered",
    "observe",
  ] as const) {
    vi.spyOn(CallMerger.prototype, name).mockImplementation(broken);
  }
}
