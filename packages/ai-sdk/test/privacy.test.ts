import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { caumMiddleware, registerCaum } from "@caum/ai-sdk";
import { generateText, isStepCount, wrapLanguageModel } from "ai";
import { expect, test } from "vitest";
import { answer, call, model, says, toolOf } from "./scripted-model.ts";

const MARKER = "zq7canary";

const tools = {
  search: toolOf(({ q }) => `${MARKER} ${q}`),
  bad: toolOf(() => {
    throw new Error(MARKER);
  }),
};

const scripted = () => {
  const q = `${MARKER} secret`;
  return model(
    answer(call(`c ${MARKER}`, "search", { q }), call("c2", "bad", { q })),
    answer(call("c3", "search", { [MARKER]: q }), call("c4", `no such tool ${MARKER}!`, { q })),
    answer(call("c5", "search", `{${MARKER}`)),
    answer(says(MARKER)),
  );
};

test.each(["registered", "middleware"])(
  "nothing of the content is on the disk: %s",
  async (way) => {
    const home = mkdtempSync(join(tmpdir(), "caum-privacy-"));
    const options = { home, env: {}, quiet: true };
    const registration = way === "registered" ? registerCaum(options) : undefined;
    const middleware = way === "middleware" ? [caumMiddleware(options)] : [];
    await generateText({
      model: wrapLanguageModel({ model: scripted(), middleware }),
      prompt: MARKER,
      tools,
      stopWhen: isStepCount(6),
      telemetry: { isEnabled: way === "registered" },
    });
    await new Promise((resolve) => setTimeout(resolve, 400));
    await registration?.close();
    const files = readdirSync(home, { recursive: true, encoding: "utf8" }).map((name) =>
      statSync(join(home, name)).isFile() ? readFileSync(join(home, name), "latin1") : name,
    );
    expect(files.join("\n")).toContain("search");
    expect(files.join("\n")).not.toContain(MARKER);
    rmSync(home, { recursive: true, force: true });
  },
);
