import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostic } from "@caum/core/adapter";
import { wrapOpenAI } from "@caum/openai";
import OpenAI from "openai";
import { expect, test } from "vitest";
import { TESTED_HOST as AI_SDK } from "../packages/ai-sdk/src/register-caum.ts";
import { TESTED_HOST as ANTHROPIC } from "../packages/anthropic/src/wrap-anthropic.ts";
import { TESTED_HOST as LANGCHAIN } from "../packages/langchain/src/callback-handler.ts";
import { TESTED_HOST as OPENAI } from "../packages/openai/src/wrap-openai.ts";

const HOSTS = { "ai-sdk": AI_SDK, langchain: LANGCHAIN, openai: OPENAI, anthropic: ANTHROPIC };
const root = join(import.meta.dirname, "..");
const read = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));

test.each(Object.entries(HOSTS))("%s names the range that its package does", (name, host) => {
  const { peerDependencies } = read(`packages/${name}/package.json`);
  expect(peerDependencies).toEqual({ [host.name]: `>=${host.from} <${host.below}` });
});

test("a client outside of the range is told of once, and observed", () => {
  const told: Diagnostic[] = [];
  const options = { quiet: true, env: {}, home: "/nonexistent/caum" } as const;
  const wrap = (version: string) => {
    const client = new OpenAI({ apiKey: "none" });
    Object.assign(client, { getUserAgent: () => `OpenAI/JS ${version}` });
    const { fetch } = client as unknown as { fetch: unknown };
    wrapOpenAI(client, { ...options, onDiagnostic: (one: Diagnostic) => told.push(one) });
    expect((client as unknown as { fetch: unknown }).fetch).not.toBe(fetch);
  };
  wrap("6.0.0");
  wrap("7.999.0-beta.1");
  expect(told).toEqual([]);
  wrap("8.0.0");
  wrap("5.23.2");
  expect(told.map(({ code }) => code)).toEqual(["host_version_untested", "host_version_untested"]);
});
