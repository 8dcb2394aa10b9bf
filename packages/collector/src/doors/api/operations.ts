/** What each door is called and does; the document of the API is made of it. */
import { ACCOUNT_OPERATIONS } from "./account-operations.ts";
import type { ApiOperation } from "./api-operation.ts";
import { INTAKE_OPERATIONS } from "./intake-operations.ts";

/** In an order in which the requests can be sent; words in capitals come from answers before. */
export const API_OPERATIONS: Readonly<Record<string, ApiOperation>> = {
  ...INTAKE_OPERATIONS,
  ...ACCOUNT_OPERATIONS,
};
