import { errorAnswer } from "@caum/core/protocol";
import { z } from "zod";

/** The answers that every described door may give in place of its own. */
export const ERRORS = { "4xx": errorAnswer } as const;

/** The answer of a door that has nothing to tell but that it is done. */
export const DONE = z.object({ done: z.literal(true) });

/** For what the API does not describe: pages, and the doors that only they use. */
export const HIDDEN = { schema: { hide: true } } as const;
