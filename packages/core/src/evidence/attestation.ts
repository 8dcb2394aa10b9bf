/** A verdict as others keep evidence: an in-toto statement in a signed DSSE envelope. */
import { createHash } from "node:crypto";
import { openBundle } from "./bundle/open-bundle.ts";
import { RECORDS_FILE } from "./bundle/parts.ts";
import type { Signer } from "./note/signer.ts";
import { toBase64 } from "./rules/bytes.ts";
import type { Verification } from "./verify/check-bundle.ts";
import type { PolicyResult } from "./verify/policy.ts";

const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
const PAYLOAD_TYPE = "application/vnd.in-toto+json";
/** What our predicate means: docs/protocol.md. */
export const PREDICATE_TYPE = "urn:caum:session-verdict:v1";

const COPY_BYTES = 65_536;

/** What is attested. */
export interface AttestedVerdict {
  readonly verification: Verification;
  /** Where the policy that was asked for led. */
  readonly policy: PolicyResult | undefined;
  /** SHA-256 of the bundle's records, as hex. */
  readonly records: string;
  /** Version of the verifier. */
  readonly version: string;
  /** When it was verified, milliseconds since 1970. */
  readonly nowMs: number;
}

/** DSSE, version 1. */
export interface DsseEnvelope {
  readonly payloadType: string;
  /** Base64. */
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/**
 * A verdict, signed by whoever reached it. It says no more than that: who trusts another verifier
 * verifies again.
 */
export function attest(verdict: AttestedVerdict, signer: Signer): DsseEnvelope {
  const payload = JSON.stringify(statementOf(verdict));
  // No text of a note ends like that, so neither can be taken for the other.
  const { bytes, name, keyId } = signer.sign(preAuthEncoding(payload));
  return {
    payloadType: PAYLOAD_TYPE,
    payload: Buffer.from(payload).toString("base64"),
    signatures: [{ keyid: `${name}+${keyId}`, sig: toBase64(bytes) }],
  };
}

/** SHA-256 of the file of records in a bundle, as hex. @throws {EvidenceError} when it is no bundle */
export function digestOfRecords(path: string): string {
  const reader = openBundle(path).records.open();
  const hash = createHash("sha256");
  const part = Buffer.alloc(COPY_BYTES);
  try {
    for (let length = reader.read(part); length > 0; length = reader.read(part)) {
      hash.update(part.subarray(0, length));
    }
  } finally {
    reader.close();
  }
  return hash.digest("hex");
}

/** What DSSE signs, over text of ASCII and UTF-8. */
function preAuthEncoding(payload: string): string {
  return `DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${Buffer.byteLength(payload)} ${payload}`;
}

function statementOf({ verification, policy, records, version, nowMs }: AttestedVerdict) {
  // Names that a person chose, such as that of the session, stay in the bundle.
  const { sessionId: _name, checks: _checks, findings, ...facts } = verification;
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: RECORDS_FILE, digest: { sha256: records } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      verifier: { name: "caum verify", version },
      verifiedAt: new Date(nowMs).toISOString(),
      ...facts,
      findings: findings.map(({ message: _message, ...place }) => place),
      ...(policy && { policy }),
    },
  };
}
