/** The version of all packages, which every `open` record says; a test holds the manifests to it. */
export const VERSION = "0.1.0";
