export { type AdapterOptions, type Diagnostic, withSession } from "@caum/core/adapter";
export { CaumCallbackHandler } from "./callback-handler.ts";
export { registerCaum } from "./register-caum.ts";
