import { spawnSync } from "node:child_process";
import { createHash, createPublicKey } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { RFC3161Timestamp } from "@sigstore/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askAuthority } from "../../src/time-stamp/ask-authority.ts";
import { readAuthorities } from "../../src/time-stamp/authority.ts";
import { checkReply } from "../../src/time-stamp/check-reply.ts";
import { hasOpenssl, OpensslAuthority, serveAuthority } from "./openssl-authority.ts";

const TEXT = "collector.example/caum/01J9ZQ4M7C3T8V5X2R6N1B0KDE/0123\n5\nAAAA\n";
const OTHER = "another text\n";

let authority: OpensslAuthority;
let reply: Uint8Array<ArrayBuffer>;

/** Asks a real authority for a stamp of a text, over HTTP. */
async function stampBy(of: OpensslAuthority, text = TEXT, signer = "signer") {
  const served = await serveAuthority((query) => of.reply(query, signer));
  try {
    return await askAuthority(served.url, text);
  } finally {
    await served.close();
  }
}

const judged = (bytes: Uint8Array<ArrayBuffer>, pem: string, ...texts: readonly string[]) =>
  checkReply(bytes, {
    texts: texts.length > 0 ? texts : [TEXT],
    authorities: readAuthorities(pem),
  });

beforeAll(async () => {
  if (!hasOpenssl) return;
  authority = await OpensslAuthority.open();
  ({ reply } = await stampBy(authority));
}, 30_000);
afterAll(() => authority?.close());

describe.skipIf(!hasOpenssl)("a time-stamp", () => {
  test("holds by the root, says when at the latest, and whose it is", async () => {
    const before = Math.floor(Date.now() / 1_000) - 60;
    const good = await judged(reply, authority.root, OTHER, TEXT);
    expect(good).toMatchObject({
      fault: null,
      authority: "Test signer",
      imprint: createHash("sha256").update(TEXT).digest("hex"),
    });
    // Seconds of the authority and its accuracy of 1.5 s, rounded up.
    const { timeSeconds = 0 } = good as { timeSeconds?: number };
    expect(timeSeconds).toBeGreaterThan(before);
    expect(timeSeconds).toBeLessThanOrEqual(Math.ceil(Date.now() / 1_000) + 2);
  });

  test("holds by any certificate on its way, the signer's own too", async () => {
    for (const name of ["between", "signer"]) {
      expect(await judged(reply, authority.certificate(name))).toMatchObject({ fault: null });
    }
  });

  test("holds with an RSA key as well, and openssl and @sigstore/core agree", async () => {
    await authority.newSigner("rsa", { key: "rsa" });
    const rsa = await stampBy(authority, TEXT, "rsa");
    expect(await judged(rsa.reply, authority.root)).toMatchObject({ fault: null });
    for (const bytes of [reply, rsa.reply]) {
      const [file, root, text] = ["own.tsr", "own-root.pem", "own.text"].map((name) =>
        join(authority.folder, name),
      ) as [string, string, string]; // three names
      writeFileSync(file, bytes);
      writeFileSync(root, authority.root);
      writeFileSync(text, TEXT);
      const words = ["ts", "-verify", "-data", text, "-in", file, "-CAfile", root];
      expect(spawnSync("openssl", words, { encoding: "utf8" }).stdout).toContain("OK");
    }
    const key = createPublicKey(authority.certificate());
    const second = RFC3161Timestamp.parse(Buffer.from(reply));
    expect(() => second.verify(Buffer.from(TEXT), key)).not.toThrow();
    expect(() => second.verify(Buffer.from(OTHER), key)).toThrow();
  });

  test("that is for something else, or by somebody else, is found", async () => {
    expect(await judged(reply, authority.root, OTHER)).toEqual({ fault: "other_imprint" });
    const foreign = await OpensslAuthority.open();
    expect(await judged(reply, foreign.root)).toEqual({ fault: "unknown_authority" });
    foreign.close();
  });

  test("is judged at its own time: a certificate that ran out later does no harm", async () => {
    const endMs = Date.now() + 3_000;
    await authority.newSigner("short", { endMs });
    const short = await stampBy(authority, TEXT, "short");
    while (Date.now() <= endMs + 1_000) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await judged(short.reply, authority.root)).toMatchObject({ fault: null });
    const words = ["x509", "-in", join(authority.folder, "short.pem"), "-noout", "-checkend", "0"];
    expect(spawnSync("openssl", words).status).toBe(1);
  }, 20_000);

  test("by a certificate that was not valid at its time is found", async () => {
    await authority.newSigner("old", { endMs: Date.now() - 3_600_000 });
    const old = await stampBy(authority, TEXT, "old");
    expect(await judged(old.reply, authority.root)).toEqual({ fault: "outside_validity" });
  });

  test.each([
    ["is not critical", "timeStamping"],
    ["is not alone", "critical,timeStamping,codeSigning"],
    ["is another one", "critical,codeSigning"],
    ["is not there", ""],
  ])("by a certificate whose usage %s is found", async (_what, usage) => {
    const name = `usage-${usage}`;
    await authority.newSigner(name, { usage });
    const info = RFC3161Timestamp.parse(Buffer.from(reply)).tstInfo.raw;
    const again = await authority.signedAgain(info, name);
    expect(await judged(Uint8Array.from(again), authority.root)).toEqual({ fault: "wrong_usage" });
  });

  test("signed again with a right certificate holds: the cases above differ in the usage alone", async () => {
    const info = RFC3161Timestamp.parse(Buffer.from(reply)).tstInfo.raw;
    const again = await authority.signedAgain(info, "signer");
    expect(await judged(Uint8Array.from(again), authority.root)).toMatchObject({ fault: null });
  });

  test("whose signature does not name the certificate is none", async () => {
    const info = RFC3161Timestamp.parse(Buffer.from(reply)).tstInfo.raw;
    const again = await authority.signedAgain(info, "signer", false);
    expect(await judged(Uint8Array.from(again), authority.root)).toEqual({ fault: "malformed" });
  });

  test("with any byte changed never holds for another text or time, and nothing throws", async () => {
    const good = await judged(reply, authority.root);
    for (let at = 0; at < reply.length; at += 7) {
      const damaged = reply.slice();
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
      const result = await judged(damaged, authority.root);
      // Some bytes are under no signature, such as a certificate that is not needed.
      if (result.fault === null) expect({ ...result, nonce: "" }).toEqual({ ...good, nonce: "" });
    }
    for (let length = 0; length < reply.length; length += 97) {
      expect(await judged(reply.slice(0, length), authority.root)).not.toMatchObject({
        fault: null,
      });
    }
  }, 30_000);
});

describe.skipIf(!hasOpenssl)("an authority that is asked", () => {
  const asked = async (answer: (query: Buffer) => Promise<Buffer> | Buffer, status = 200) => {
    const served = await serveAuthority(answer, status);
    try {
      return await askAuthority(served.url, TEXT).then(
        () => "stamped",
        (failure: Error) => failure.message,
      );
    } finally {
      await served.close();
    }
  };

  test("gets a digest and a nonce, and gives its certificates", async () => {
    const served = await serveAuthority((query) => authority.reply(query));
    const first = await askAuthority(served.url, TEXT);
    await askAuthority(served.url, TEXT);
    await served.close();
    const [one, two] = served.queries.map((query) => query.toString("latin1"));
    expect(one).not.toBe(two);
    expect(one).not.toContain("collector.example");
    expect(Buffer.from(first.reply).includes("Test between")).toBe(true);
    // OpenSSL reads the query as it was meant.
    const file = join(authority.folder, "own-query");
    writeFileSync(file, served.queries[0] ?? "");
    const told = spawnSync("openssl", ["ts", "-query", "-in", file, "-text"], { encoding: "utf8" });
    expect(told.stdout).toMatch(
      /Hash Algorithm: sha256[\s\S]*Nonce: 0x[0-9A-F]{16}[\s\S]*required: yes/,
    );
  });

  test("and refuses is quoted", async () => {
    const refusing = await asked((query) => {
      // SHA-256 becomes an algorithm that this authority does not take.
      const changed = Buffer.from(query);
      const oid = changed.indexOf(Buffer.from("608648016503040201", "hex"));
      changed[oid + 8] = 2;
      return authority.reply(changed);
    });
    expect(refusing).toMatch(/^the authority refused/);
  });

  test("and answers something else is not believed", async () => {
    expect(await asked(() => Buffer.from(reply))).toContain("another request than ours");
    const other = (await stampBy(authority, OTHER)).reply;
    expect(await asked(() => Buffer.from(other))).toContain("stamped something else");
    expect(await asked(() => Buffer.from("hello"))).toContain("no time-stamp");
    expect(await asked(() => Buffer.alloc(70_000))).toContain("too long");
    expect(await asked(() => Buffer.from(reply), 503)).toContain("answered 503");
    await expect(askAuthority("http://127.0.0.1:9/", TEXT)).rejects.toThrow("no time-stamp");
  });
});
