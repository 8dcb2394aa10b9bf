/** Goes up with every change that can change an assessment; stored beside what the engine found. */
export const ENGINE_VERSION = "7";
