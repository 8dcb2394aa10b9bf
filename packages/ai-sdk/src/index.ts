export { type AdapterOptions, type Diagnostic, withSession } from "@caum/core/adapter";
export { caumMiddleware } from "./middleware.ts";
export { type Registration, registerCaum } from "./register-caum.ts";
