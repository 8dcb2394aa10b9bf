import { type Diagnostic, registerCaum } from "@caum/ai-sdk";
import { generateText, registerTelemetry } from "ai";
import { expect, test } from "vitest";
import { eventsOf } from "../../../test/records.ts";
import { recorded } from "./recorded.ts";
import { answer, model, says } from "./scripted-model.ts";

const ask = (telemetry = {}) =>
  generateText({ model: model(answer(says("done"))), prompt: "hi", telemetry });

/** What the host itself calls its list of integrations. */
const integrations = () =>
  (globalThis as { AI_SDK_TELEMETRY_INTEGRATIONS?: object[] }).AI_SDK_TELEMETRY_INTEGRATIONS ?? [];

test("being replaced by the integrations of a call is told once, and in the run", async () => {
  const told: Diagnostic[] = [];
  const records = await recorded(
    async () => {
      for (let at = 0; at < 3; at++) await ask({ integrations: [{}] });
    },
    { onDiagnostic: (diagnostic) => told.push(diagnostic) },
  );
  expect(told.map(({ code }) => code)).toEqual(["replaced_by_per_call_integrations"]);
  expect(eventsOf(records).filter((event) => event.startsWith("adapter_blind"))).toEqual([
    "adapter_blind replaced_by_per_call_integrations",
  ]);
});

test("an untested host is told once, and in the run", async () => {
  const told: Diagnostic[] = [];
  const records = await recorded(
    async () => {
      const ours = integrations().at(-1) as { onStart(event: object): void };
      ours.onStart({ callId: "a", aiVersion: "8.0.0", messages: [] });
      ours.onStart({ callId: "b", aiVersion: "8.0.0", messages: [] });
      await ask();
    },
    { onDiagnostic: (diagnostic) => told.push(diagnostic) },
  );
  expect(told.map(({ code }) => code)).toEqual(["host_version_untested"]);
  expect(eventsOf(records)).toContain("adapter_blind host_version_untested");
});

test("the list of integrations is the one that the host's registerTelemetry fills", async () => {
  const before = integrations().length;
  const registration = registerCaum({ quiet: true, env: {}, home: "/nonexistent/caum" });
  const theirs = {};
  registerTelemetry(theirs);
  expect(integrations().slice(before)).toEqual([expect.any(Object), theirs]);
  await registration.close();
  expect(integrations().slice(before)).toEqual([theirs]);
  integrations().splice(before, 1);
});
