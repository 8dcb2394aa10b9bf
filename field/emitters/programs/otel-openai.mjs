/** OpenTelemetry's own instrumentation of the OpenAI client, which puts calls into log records. */

import { createRequire } from "node:module";
import { OpenAIInstrumentation } from "@opentelemetry/instrumentation-openai";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { chat, model } from "./agent/play.mjs";

const sdk = new NodeSDK({
  instrumentations: [new OpenAIInstrumentation({ captureMessageContent: true })],
});
sdk.start();
// Instrumentations patch what is required, after they have started.
const { OpenAI } = createRequire(import.meta.url)("openai");
await chat(new OpenAI({ apiKey: "none", baseURL: `${model}/v1` }));
await sdk.shutdown();
