const { NODE_COMPILE_CACHE } = process.env;

/**
 * For the environment of a process that a test starts with few variables: where Node keeps what it made of
 * the sources, so that the next process of the run need not.
 */
export const KEPT_CODE: Readonly<Record<string, string>> =
  NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };
