/** What the operator says about an OpenID Connect provider. */
import { readFileSync } from "node:fs";
import { isLoopbackAddress } from "../tenants/keyless.ts";

/** As the operator gives it; what is not set is absent. */
export interface OidcOptions {
  /** The provider, as it names itself: an https URL, or http on this machine. */
  readonly issuer?: string | undefined;
  readonly clientId?: string | undefined;
  /** A file that holds the client's secret; `CAUM_OIDC_CLIENT_SECRET` goes over it. */
  readonly clientSecretFile?: string | undefined;
  /** Whoever has a verified address of one of these domains may sign in as a viewer. */
  readonly domains?: readonly string[] | undefined;
}

export interface OidcSettings {
  readonly issuer: URL;
  readonly clientId: string;
  /** Undefined for a client without one, which proves itself by PKCE alone. */
  readonly clientSecret: string | undefined;
  readonly domains: readonly string[];
}

const SECRET = "CAUM_OIDC_CLIENT_SECRET";
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$/;

/**
 * @returns undefined when nothing is said about a provider
 * @throws {RangeError} when only a part is said, or it cannot be used; no value is repeated
 */
export function oidcSettings(
  { issuer, clientId, clientSecretFile, domains = [] }: OidcOptions,
  env: Readonly<Record<string, string | undefined>>,
): OidcSettings | undefined {
  const isTold = [issuer, clientId, clientSecretFile, env[SECRET]].some(Boolean);
  if (!isTold && domains.length === 0) return undefined;
  if (!issuer || !clientId) {
    throw new RangeError(
      "OpenID Connect is half configured: it needs the issuer and the client id",
    );
  }
  return {
    issuer: issuerIn(issuer),
    clientId,
    clientSecret: env[SECRET]?.trim() || secretIn(clientSecretFile),
    domains: domains.map(domainIn),
  };
}

/** What a provider says over a connection that others can read or change proves nothing. */
function issuerIn(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHere = url?.hostname === "localhost" || isLoopbackAddress(url?.hostname ?? "");
  const isPrivate = url?.protocol === "https:" || (url?.protocol === "http:" && isHere);
  if (url && isPrivate && url.username + url.password + url.search + url.hash === "") return url;
  throw new RangeError(
    "the issuer of OpenID Connect is no https URL: give it as the provider does",
  );
}

function secretIn(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch {
    throw new RangeError("the file with the client's secret cannot be read: look at its rights");
  }
  if (text !== "") return text;
  throw new RangeError("the file with the client's secret is empty: write the secret into it");
}

function domainIn(text: string): string {
  const domain = text.replace(/^@/, "").toLowerCase();
  if (DOMAIN.test(domain)) return domain;
  throw new RangeError("a domain of OpenID Connect is no plain name: give one like example.com");
}
