import { expect, test } from "vitest";
import { outcomeOfFailure } from "../../src/merge/failure.ts";

const ERROR = { status: "error" };

test.each([
  ["a text", "no", { ...ERROR, result: "no" }],
  ["nothing", undefined, ERROR],
  ["null", null, ERROR],
  ["a number", 7, ERROR],
  ["an object", {}, ERROR],
  ["an error", new TypeError("no"), { ...ERROR, errorClass: "TypeError", result: "no" }],
  ["an abort", { name: "AbortError" }, { status: "cancelled", errorClass: "AbortError" }],
  ["a time limit", { name: "TimeoutError" }, { status: "timeout", errorClass: "TimeoutError" }],
  ["a code", { code: "ETIMEDOUT" }, { status: "timeout" }],
  ["an older code", { code: "ESOCKETTIMEDOUT" }, { status: "timeout" }],
  ["headers too late", { code: "UND_ERR_HEADERS_TIMEOUT" }, { status: "timeout" }],
  ["a body too late", { code: "UND_ERR_BODY_TIMEOUT" }, { status: "timeout" }],
  ["no such file", { code: "ENOENT" }, { status: "not_found" }],
  ["an unknown code", { code: "EPIPE" }, ERROR],
  ["a code that is none", { code: 404 }, ERROR],
  ["401", { status: 401 }, { status: "denied" }],
  ["403", { statusCode: 403 }, { status: "denied" }],
  ["404", { status: 404 }, { status: "not_found" }],
  ["408", { status: 408 }, { status: "timeout" }],
  ["429", { status: 429 }, { status: "rate_limited" }],
  ["504", { status: 504 }, { status: "timeout" }],
  ["500", { status: 500 }, ERROR],
  // What a server said comes before what a library calls it.
  [
    "both",
    { status: 429, name: "AbortError" },
    { status: "rate_limited", errorClass: "AbortError" },
  ],
  ["two statuses", { status: 404, statusCode: 429 }, { status: "rate_limited" }],
  ["fields of other kinds", { name: 1, message: {} }, ERROR],
])("a thrown value that is %s", (_what, failure, outcome) => {
  expect(outcomeOfFailure(failure)).toEqual(outcome);
});

test("a value that throws when it is looked at is an error", () => {
  const hostile = new Proxy(
    {},
    {
      get() {
        throw new Error("no");
      },
    },
  );
  expect(outcomeOfFailure(hostile)).toEqual(ERROR);
});
