/** `node --import @caum/ai-sdk/register agent.js`: observes without a change of code. */
import { registerCaum } from "./register-caum.ts";

registerCaum();
