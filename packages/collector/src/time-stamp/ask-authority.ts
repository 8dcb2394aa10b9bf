/** Asks a time-stamp authority (RFC 3161, section 3.4: over HTTP). */
import { createHash, randomBytes } from "node:crypto";
import { MAX_TIME_STAMP_BYTES } from "@caum/core/verify";
import { type BadReply, checkReply, type GoodReply } from "./check-reply.ts";

const SHA_256 = "2.16.840.1.101.3.4.2.1";
const NONCE_BYTES = 8;
/** An authority that is slower is not there. */
const TIMEOUT_MS = 20_000;

/** What an authority answered, whole, and what it says. */
export interface Stamped extends GoodReply {
  readonly reply: Uint8Array<ArrayBuffer>;
}

/**
 * Has a text stamped. What leaves is the SHA-256 of it and a nonce.
 *
 * The answer is checked but for one thing: whether the authority can be trusted is the reader's to say.
 *
 * @throws {Error} saying why there is no time-stamp
 */
export async function askAuthority(url: string, text: string): Promise<Stamped> {
  const nonce = randomBytes(NONCE_BYTES);
  // A positive number whose first byte is not zero, which has one form.
  nonce[0] = ((nonce[0] ?? 0) & 0x3f) | 0x40;
  const reply = await post(url, await queryFor(text, nonce));
  const checked = await checkReply(reply, { texts: [text], authorities: undefined });
  if (checked.fault !== null) throw new Error(`the authority ${saidBy(checked)}`);
  if (checked.nonce !== nonce.toString("hex")) {
    throw new Error("the authority answered another request than ours");
  }
  return { ...checked, reply };
}

function saidBy({ fault, said }: BadReply): string {
  if (fault === "rejected") return `refused${said ? `: ${JSON.stringify(said)}` : ""}`;
  if (fault === "other_imprint") return "stamped something else";
  if (fault === "wrong_usage") return "signed with a certificate that is not for time-stamps";
  return "answered with no time-stamp";
}

async function queryFor(text: string, nonce: Uint8Array<ArrayBuffer>) {
  const { AlgorithmIdentifier, MessageImprint, TimeStampReq } = await import("pkijs");
  const { Integer, Null, OctetString } = await import("asn1js");
  const hash = createHash("sha256").update(text).digest();
  const query = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: SHA_256, algorithmParams: new Null() }),
      hashedMessage: new OctetString({ valueHex: Uint8Array.from(hash).buffer }),
    }),
    // Without it, the certificates that a later reader needs are not in the reply.
    certReq: true,
    nonce: new Integer({ valueHex: Uint8Array.from(nonce).buffer }),
  });
  return query.toSchema().toBER();
}

async function post(url: string, query: ArrayBuffer): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await reach(url, query);
  if (answer.status !== 200) {
    await answer.body?.cancel();
    throw new Error(`the authority answered ${answer.status}`);
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of answer.body ?? []) {
    length += part.length;
    if (length > MAX_TIME_STAMP_BYTES) throw new Error("the authority's answer is too long");
    parts.push(part);
  }
  return Uint8Array.from(Buffer.concat(parts));
}

async function reach(url: string, body: ArrayBuffer): Promise<Response> {
  try {
    return await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/timestamp-query",
        accept: "application/timestamp-reply",
      },
      body,
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new Error("no time-stamp authority answers there");
  }
}
