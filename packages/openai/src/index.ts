export { type OpenAIClient, wrapOpenAI } from "./wrap-openai.ts";
