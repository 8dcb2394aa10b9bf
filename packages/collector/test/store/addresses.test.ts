import { expect, test } from "vitest";
import { readAddresses, writtenAddresses } from "../../src/store/postgres/addresses.ts";

test.each([
  ["postgres://u:p@a:1,b:2/db", ["postgres://u:p@a:1/db", "postgres://u:p@b:2/db"]],
  [
    "postgresql://a,b/db?sslmode=require",
    ["postgresql://a/db?sslmode=require", "postgresql://b/db?sslmode=require"],
  ],
  ["postgres://u@/db?host=a,b&port=1,2", ["postgres://u@a:1/db", "postgres://u@b:2/db"]],
  ["postgres://u@x:9/db?host=a,b", ["postgres://u@a/db", "postgres://u@b/db"]],
  ["postgres://u@a,b/db?port=7", ["postgres://u@a:7/db", "postgres://u@b:7/db"]],
  ["postgres://u@[::1]:1,b:2/db", ["postgres://u@[::1]:1/db", "postgres://u@b:2/db"]],
  // A password with a sign that is of the form of the URL.
  ["postgres://u:p@,@a,b/db", ["postgres://u:p@,@a/db", "postgres://u:p@,@b/db"]],
  [
    "postgres://u@/db?host=/run/one,b&port=1,2",
    ["postgres://u@localhost/db?host=%2Frun%2Fone&port=1", "postgres://u@b:2/db"],
  ],
])("%s names two servers, with what else it says for each", (url, urls) => {
  expect(writtenAddresses(url)).toEqual({ urls, wanted: "read-write" });
});

test.each([
  "postgres://u:p@a:1/db",
  "postgres://u:p@[::1]:1/db?sslmode=require",
  "postgres:///db?host=/run/postgresql",
  "socket:/run/postgresql?db=caum",
])("%s names one, and is left as it is", (url) => {
  expect(writtenAddresses(url)).toEqual({ urls: [url], wanted: "any" });
  expect(readAddresses(url)).toEqual({ urls: [url], wanted: "any" });
});

test("what a server must be is asked in the words of libpq", () => {
  const asked = (wanted: string) => `postgres://a,b/db?target_session_attrs=${wanted}`;
  expect(writtenAddresses(asked("primary"))).toEqual({
    urls: ["postgres://a/db", "postgres://b/db"],
    wanted: "primary",
  });
  expect(writtenAddresses(asked("any")).wanted).toBe("any");
  expect(readAddresses(asked("read-only")).wanted).toBe("read-only");
  expect(readAddresses(asked("prefer-standby")).wanted).toBe("standby");
  for (const wanted of ["read-only", "standby", "prefer-standby"]) {
    expect(() => writtenAddresses(asked(wanted))).toThrow("a collector writes");
  }
  expect(() => readAddresses(asked("master"))).toThrow("target_session_attrs");
});

test.each([
  ["postgres://a,b,c/db?port=1,2", "as many ports as hosts"],
  ["postgres://a,/db", "empty host"],
])("%s is refused", (url, reason) => {
  expect(() => writtenAddresses(url)).toThrow(reason);
});
