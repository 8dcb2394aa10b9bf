/**
 * What is used of `openid-client`, in types of our own: the package is there only where people sign in by
 * a provider, and whoever compiles against the collector needs none of it.
 */

/** Opaque: what the library knows of a provider. */
export interface ProviderConfiguration {
  serverMetadata(): { readonly issuer: string };
}

export interface ProviderClaims {
  readonly sub: string;
  readonly email?: unknown;
  readonly email_verified?: unknown;
}

interface Checks {
  readonly pkceCodeVerifier: string;
  readonly expectedState: string;
  readonly expectedNonce: string;
  readonly idTokenExpected: boolean;
}

type ErrorClass = abstract new (...given: never[]) => Error;

export interface OidcLibrary {
  discovery(
    issuer: URL,
    clientId: string,
    clientSecret: string | undefined,
    authentication: unknown,
    options: {
      readonly timeout: number;
      readonly execute?: readonly ((configuration: ProviderConfiguration) => void)[];
    },
  ): Promise<ProviderConfiguration>;
  allowInsecureRequests(configuration: ProviderConfiguration): void;
  /** Signatures are checked from then on, with the keys that the provider publishes. */
  enableNonRepudiationChecks(configuration: ProviderConfiguration): void;
  /** A client without a secret. */
  None(): unknown;
  calculatePKCECodeChallenge(codeVerifier: string): Promise<string>;
  buildAuthorizationUrl(
    configuration: ProviderConfiguration,
    parameters: Readonly<Record<string, string>>,
  ): URL;
  /** Checks all that a provider answers, the signature of the ID token with it. */
  authorizationCodeGrant(
    configuration: ProviderConfiguration,
    url: URL,
    checks: Checks,
  ): Promise<{ readonly access_token: string; claims(): ProviderClaims | undefined }>;
  /** Of this subject and no other. */
  fetchUserInfo(
    configuration: ProviderConfiguration,
    accessToken: string,
    subject: string,
  ): Promise<ProviderClaims>;
  /** The provider sent somebody back with an error. */
  readonly AuthorizationResponseError: ErrorClass;
  /** It refused to give tokens; `error` is a word of RFC 6749. */
  readonly ResponseBodyError: abstract new (
    ...given: never[]
  ) => Error & { readonly error: string };
}

const PACKAGE = "openid-client";

/** @throws {Error} when the package is not installed */
export async function loadOidcLibrary(): Promise<OidcLibrary> {
  try {
    // Its tests go through all of it against a real provider.
    return await import(PACKAGE);
  } catch {
    throw new Error(`OpenID Connect needs a package: npm install ${PACKAGE}`);
  }
}
