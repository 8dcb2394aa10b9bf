/** OpenLLMetry with the OpenAI client. */
import * as traceloop from "@traceloop/node-server-sdk";
import OpenAI from "openai";
import { canary, chat, collector, conversation, headers, model, TOOLS } from "./agent/play.mjs";

traceloop.initialize({
  appName: "emitter",
  baseUrl: collector,
  headers,
  disableBatch: false,
  silenceInitializationMessage: true,
  traceloopSyncEnabled: false,
  tracingEnabled: true,
  instrumentModules: { openAI: OpenAI },
});
const client = new OpenAI({ apiKey: "none", baseURL: `${model}/v1` });
const run = (name, input) =>
  traceloop.withTool({ name }, async (values) => TOOLS[name](values), input).catch(String);
await traceloop.withAssociationProperties({ session_id: conversation, note: canary }, () =>
  traceloop.withAgent({ name: "emitter" }, () => chat(client, run)),
);
await traceloop.forceFlush();
process.exit(0);
