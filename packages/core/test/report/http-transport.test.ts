import { expect, test } from "vitest";
import { isOnlyConnecting } from "../../src/report/upstream/http-transport.ts";

test("a process that waits for nothing but our connection is let go, any other is not", () => {
  expect(isOnlyConnecting(["ConnectWrap"])).toBe(true);
  expect(isOnlyConnecting(["TCPSocketWrap", "TCPConnectWrap"])).toBe(true);
  expect(isOnlyConnecting(["ConnectWrap", "Timeout"])).toBe(false);
  expect(isOnlyConnecting(["FSReqCallback"])).toBe(false);
});
