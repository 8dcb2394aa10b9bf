export { type AnthropicClient, wrapAnthropic } from "./wrap-anthropic.ts";
