import { EMITTED_SCOPE } from "@caum/core/collector";
import type { Scope } from "../scope.ts";

/** It was recorded where it was emitted: read again, every call would be there twice. */
export const OWN: Scope = { emitter: "caum", matches: (scope) => scope === EMITTED_SCOPE };
