import { expect, test } from "vitest";
import { isLocal, isLoopbackAddress } from "../../src/tenants/keyless.ts";

test.each(["127.0.0.1", "127.8.9.1", "::1", "[::1]", "::ffff:127.0.0.1"])(
  "%s is this machine",
  (address) => expect(isLoopbackAddress(address)).toBe(true),
);

test.each(["10.0.0.1", "::ffff:10.0.0.1", "1270.0.0.1", "127.evil.example", "", "::2"])(
  "%s is not this machine",
  (address) => expect(isLoopbackAddress(address)).toBe(false),
);

const direct = { remoteAddress: "127.0.0.1", headers: { host: "localhost:4070" } };

test("a direct request to a loopback name is local", () => {
  expect(isLocal(direct)).toBe(true);
  const fromOwnPage = { ...direct.headers, origin: "http://127.0.0.1:4070" };
  expect(isLocal({ ...direct, headers: fromOwnPage })).toBe(true);
});

test.each([
  { remoteAddress: "10.0.0.1" },
  { remoteAddress: undefined },
  { headers: { host: "rebound.example" } },
  { headers: {} },
  { headers: { host: "localhost", forwarded: "for=1.2.3.4" } },
  { headers: { host: "localhost", "x-forwarded-for": "1.2.3.4" } },
  { headers: { host: "localhost", origin: "null" } },
  { headers: { host: "localhost", origin: "https://evil.example" } },
])("%j is not local", (change) => {
  expect(isLocal({ ...direct, ...change })).toBe(false);
});
