import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { parseVerifierKey, verifyBundle } from "@caum/core/verify";
import { expect, test } from "vitest";
import { recordRun } from "../../../collector/test/native-lines.ts";
import type { Stage } from "../page.test.ts";
import { signIn } from "./chromium.ts";
import { openPage } from "./open-page.ts";
import type { World } from "./world.ts";

/** A recorded session of forty calls that the collector has. */
async function sendRecorded(world: World, sessionId: string): Promise<void> {
  const { runId, lines } = await recordRun(sessionId, 40);
  await world.sendRun(runId, lines);
}

export function proofCases(stage: Stage): void {
  test("Verify re-checks the export in the browser and says what is not proved", async () => {
    const { world, browser } = stage;
    await sendRecorded(world, "proven");
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.goto("/dashboard/proven");
    await page.getByRole("button", { name: "Verify in this browser" }).click();
    const proof = page.getByRole("region", { name: "Proof" });
    await proof.getByText("✓ ok", { exact: true }).waitFor();
    expect(await proof.getByText("✓ holds").count()).toBe(7);
    await proof.getByText("heads are in the log of their collector").waitFor();
    await proof.getByText("every given key name signed a checkpoint of this tree").waitFor();
    await proof.getByText(/^All \d+ records are as .* signed them.*; not proved: when, /).waitFor();
    await proof.getByRole("heading", { name: "Not proved" }).waitFor();
    await proof.getByText("it came from this collector").waitFor();
    await page.getByText("caum_live_receipt_").waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("a tampered copy is found and the line is named, on the wire and as a file", async () => {
    const { world, browser } = stage;
    await sendRecorded(world, "tampered");
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    let tampered = Buffer.alloc(0);
    await page.route("**/bundle", async (route) => {
      const answer = await route.fetch();
      const text = (await answer.body()).toString("latin1");
      const at = text.indexOf('"toolName":"tool_1"');
      expect(at).toBeGreaterThan(0);
      tampered = Buffer.from(text.replace('"toolName":"tool_1"', '"toolName":"tool_9"'), "latin1");
      await route.fulfill({ response: answer, body: tampered });
    });
    await page.goto("/dashboard/tampered");
    const proof = page.getByRole("region", { name: "Proof" });
    await proof.getByRole("button", { name: "Verify in this browser" }).click();
    await proof.getByText("✗ tampered").waitFor();
    await proof.getByText("altered at line 3").waitFor();
    await page.reload();
    const file = { name: "copy.tar.gz", mimeType: "application/gzip", buffer: gzipSync(tampered) };
    await proof.locator("input[type=file]").setInputFiles(file);
    await proof.getByText("✗ tampered").waitFor();
    await proof.getByText("altered at line 3").waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("the exported bundle is what caum verify takes", async () => {
    const { world, browser } = stage;
    await sendRecorded(world, "exported");
    const { page, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.goto("/dashboard/exported");
    const saving = page.waitForEvent("download");
    await page.getByRole("link", { name: "Export bundle" }).click();
    const path = await (await saving).path();
    expect(readFileSync(path).length).toBeGreaterThan(1_000);
    const answer = await fetch(`${world.url}/.well-known/caum-verifier-keys`);
    // The collector's own answer; its tests hold the shape.
    const { keys } = (await answer.json()) as { keys: readonly [{ vkey: string }] };
    const key = parseVerifierKey(keys[0].vkey);
    expect(verifyBundle(path, { keys: [key] }).verdict).toBe("ok");
    await close();
  });
}
