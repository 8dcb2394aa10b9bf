import { installedVersion } from "@caum/core/adapter";

/** The first release of the host does less, and is tested as it is. */
export const IS_FIRST_RELEASE = installedVersion("ai", import.meta.url) === "7.0.0";
