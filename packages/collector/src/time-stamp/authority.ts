/** Authorities of time-stamps that a reader trusts, and the way from a certificate to one of them. */
import { X509Certificate } from "node:crypto";

const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/**
 * The certificates of a PEM file: roots, others of the chain, or that of the authority itself. Each of
 * them is trusted.
 *
 * @throws {Error} when it holds none
 */
export function readAuthorities(pem: string): readonly X509Certificate[] {
  const certificates = (pem.match(PEM) ?? []).flatMap((text) => certificateOf(text) ?? []);
  if (certificates.length === 0) throw new Error("it holds no certificate in PEM form");
  return certificates;
}

/** @returns undefined when it is none */
export function certificateOf(encoded: string | Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(encoded);
  } catch {
    return undefined;
  }
}

/** Where the certificates lead that were looked at. */
export type Way = "trusted" | "unknown" | "outside_validity";

/**
 * Follows a certificate to one that is trusted, at a moment in the past or now.
 *
 * @param others certificates that came with it; they prove nothing but the way
 */
export function wayToTrusted(
  certificate: X509Certificate,
  others: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
  atMs: number,
): Way {
  const open = [certificate];
  const seen = new Set<string>();
  let isOutside = false;
  for (const one of open) {
    if (seen.has(one.fingerprint256)) continue;
    seen.add(one.fingerprint256);
    if (!isValidAt(one, atMs)) isOutside = true;
    else if (trusted.some(({ raw }) => raw.equals(one.raw))) return "trusted";
    else open.push(...[...trusted, ...others].filter((issuer) => isIssuedBy(one, issuer)));
  }
  return isOutside ? "outside_validity" : "unknown";
}

function isValidAt({ validFrom, validTo }: X509Certificate, atMs: number): boolean {
  return Date.parse(validFrom) <= atMs && atMs <= Date.parse(validTo);
}

/** By name and key usage, and by its signature. */
function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    const isNamed = issuer.ca && certificate.checkIssued(issuer);
    return isNamed && certificate.verify(issuer.publicKey);
  } catch {
    // A key or an algorithm that OpenSSL does not know.
    return false;
  }
}
