/** Deliveries over TLS: certificates are checked against the name, though the address is pinned. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hasTool } from "../../../../test/has-tool.ts";
import { serve } from "../served.ts";
import { eventually } from "./receiver.ts";
import { startWatched } from "./watched.ts";

const hasOpenssl = hasTool(["openssl", "version"], "alerts over TLS");

describe.skipIf(!hasOpenssl)("TLS", () => {
  let folder: string;
  let certificate: string;
  let server: Server;
  let place: string;
  const names: (string | false)[] = [];
  beforeEach(() => {
    names.length = 0;
  });
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "caum-tls-"));
    certificate = join(folder, "certificate.pem");
    const key = join(folder, "key.pem");
    const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"];
    const named = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    execFileSync("openssl", [...made, "-keyout", key, "-out", certificate, ...named], {
      stdio: "ignore",
    });
    server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) });
    server.on("request", (request, response) => {
      // A server for TLS has such sockets.
      names.push((request.socket as TLSSocket).servername ?? false);
      response.writeHead(204).end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    // A server that listens on a port has such an address.
    place = `localhost:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("a certificate that nobody vouches for gets nothing", async () => {
    const client = await startWatched([place], { alerts: { resolve: async () => ["127.0.0.1"] } });
    await client.addRules({ destination: `https://${place}/` });
    await client.loop("s");
    const [alert] = await eventually(
      () => client.history(),
      ([first]) => typeof first?.problem === "string",
    );
    expect(alert).toMatchObject({ problem: "tls_failed", status: "due" });
    expect(names).toEqual([]);
    await client.stop();
  });

  test("one that the operator trusts, and that fits the name, does", async () => {
    const collector = await serve(join(folder, "data"), {
      CAUM_ALLOW_DESTINATIONS: `${place},127.0.0.1`,
      NODE_EXTRA_CA_CERTS: certificate,
    });
    const port = place.split(":")[1];
    const rule = { condition: "steps>0", action_type: "webhook" };
    const rules = [
      { ...rule, destination: `https://${place}/` },
      { ...rule, destination: `https://127.0.0.1:${port}/` },
    ];
    await collector.post("/v1/alerts", rules);
    await collector.post("/v1/step", { session_id: "s", step: 1, tool: "bash" });
    const alerts = await eventually(
      async () =>
        ((await (await collector.get("/v1/alerts/history")).json()) as { alerts: object[] }).alerts,
      (all) => all.length === 2 && all.every((alert) => !("problem" in alert) || isSettled(alert)),
    );
    expect(alerts).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ status: "delivered" }),
        expect.objectContaining({ problem: "tls_failed" }),
      ]),
    );
    expect(names).toEqual(["localhost"]);
    await collector.kill("SIGTERM");
  });
});

function isSettled(alert: { readonly status?: string; readonly problem?: unknown }): boolean {
  return alert.status === "delivered" || typeof alert.problem === "string";
}
