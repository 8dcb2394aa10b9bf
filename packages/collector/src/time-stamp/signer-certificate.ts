/** What the certificate that signed a time-stamp must be (RFC 3161, sections 2.3 and 2.4.2). */
import { createHash, type X509Certificate } from "node:crypto";
import type { Attribute, Certificate, ExtKeyUsage } from "pkijs";

const EXTENDED_KEY_USAGE = "2.5.29.37";
const TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
/** Names the signer's certificate by its hash, so that no other one of the same key can stand in. */
const SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12";
const SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47";
const HASHES: Readonly<Record<string, string>> = {
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};

/** Its extended key usage is time-stamping alone, and critical. */
export function isForTimeStamps({ extensions = [] }: Certificate): boolean {
  const usages = extensions.filter(({ extnID }) => extnID === EXTENDED_KEY_USAGE);
  const [usage] = usages;
  if (usage === undefined || usages.length > 1 || !usage.critical) return false;
  const parsed: Partial<ExtKeyUsage> = usage.parsedValue ?? {};
  return parsed.keyPurposes?.length === 1 && parsed.keyPurposes[0] === TIME_STAMPING;
}

/** Whether the signed attributes name this certificate as the signer's. */
export function isNamedBySigner(
  { raw }: X509Certificate,
  attributes: readonly Attribute[],
): boolean {
  const named = attributes.filter(
    ({ type }) => type === SIGNING_CERTIFICATE || type === SIGNING_CERTIFICATE_V2,
  );
  return (
    named.length > 0 &&
    named.every(({ type, values }) => {
      const [id] = partsOf(partsOf(values[0])[0]);
      const parts = partsOf(id);
      const isPlain = parts[0]?.idBlock?.tagNumber === OCTET_STRING;
      const [hash] = isPlain ? parts : parts.slice(1);
      const algorithm = isPlain ? undefined : String(partsOf(parts[0])[0]?.valueBlock);
      const standard = type === SIGNING_CERTIFICATE ? "sha1" : "sha256";
      const name = algorithm === undefined ? standard : HASHES[algorithm];
      const stated = hash?.valueBlock?.valueHexView;
      return (
        name !== undefined &&
        stated !== undefined &&
        createHash(name).update(raw).digest().equals(stated)
      );
    })
  );
}

const OCTET_STRING = 4;

/** A block of ASN.1, as far as it is looked at here. */
interface Block {
  readonly idBlock?: { readonly tagNumber: number };
  readonly valueBlock?: {
    readonly value?: unknown;
    readonly valueHexView?: Uint8Array;
    toString(): string;
  };
}

function partsOf(block: unknown): readonly Block[] {
  const value = (block as Block | undefined)?.valueBlock?.value; // what is no block has none
  return Array.isArray(value) ? value : [];
}
