import * as host from "openai";

/** The first release of the range does less, and is tested as it is. */
export const IS_FIRST_RELEASE = !("BedrockOpenAI" in host);
