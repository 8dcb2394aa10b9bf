/** `@caum/collector/time-stamp`: time-stamps of authorities (RFC 3161), asked for and checked. */
export { askAuthority, type Stamped } from "./ask-authority.ts";
export { readAuthorities } from "./authority.ts";
export { checkTimeStamps } from "./check-time-stamps.ts";
