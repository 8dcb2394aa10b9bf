/** The provider: asked where to send people, and who has come back. */
import { createHmac } from "node:crypto";
import type { RootKey } from "@caum/core/machine";
import type { Flow } from "./flow.ts";
import { type Identity, SignInRefused } from "./identity.ts";
import type { OidcLibrary, ProviderClaims, ProviderConfiguration } from "./library.ts";
import type { OidcSettings } from "./oidc-settings.ts";

const SCOPE = "openid email";
const TIMEOUT_SECONDS = 10;
/** Exactly one sign, something on both sides, and nothing that cannot be seen. */
const EMAIL = /^[^\s@\p{Cc}\p{Cf}]{1,64}@[^\s@\p{Cc}\p{Cf}]{1,255}$/u;

interface Parts {
  readonly settings: OidcSettings;
  readonly root: RootKey;
  /** Where the provider sends people back to. */
  readonly callbackUrl: () => string;
  readonly library: OidcLibrary;
}

export class Provider {
  readonly #settings: OidcSettings;
  readonly #subjects: Uint8Array;
  readonly #callbackUrl: () => string;
  readonly #library: OidcLibrary;
  #configuration: Promise<ProviderConfiguration> | undefined;

  constructor({ settings, root, callbackUrl, library }: Parts) {
    this.#settings = settings;
    this.#subjects = root.sessionKey("oidc-subjects");
    this.#callbackUrl = callbackUrl;
    this.#library = library;
  }

  /** What people know it by. */
  get host(): string {
    return this.#settings.issuer.host;
  }

  get domains(): readonly string[] {
    return this.#settings.domains;
  }

  /** Where the browser is sent. @throws {SignInRefused} when the provider cannot be asked */
  async signInUrl({ state, nonce, codeVerifier }: Flow): Promise<URL> {
    const configuration = await this.#discovered();
    return this.#library.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#callbackUrl(),
      scope: SCOPE,
      code_challenge: await this.#library.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: "S256",
      state,
      nonce,
    });
  }

  /**
   * @param search the query that the browser came back with
   * @throws {SignInRefused} when it is no answer to this flow, or the provider refuses
   */
  async identityIn(search: string, flow: Flow): Promise<Identity> {
    const configuration = await this.#discovered();
    try {
      const url = new URL(this.#callbackUrl());
      url.search = search;
      const tokens = await this.#library.authorizationCodeGrant(configuration, url, {
        pkceCodeVerifier: flow.codeVerifier,
        expectedState: flow.state,
        expectedNonce: flow.nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new SignInRefused("unreachable");
      const { access_token: token } = tokens;
      // Many providers say more to whoever asks than in what they sign.
      const more =
        claims.email === undefined
          ? await this.#library.fetchUserInfo(configuration, token, claims.sub)
          : claims;
      return { subject: this.#digest(claims.sub), verifiedEmail: verifiedIn(more) };
    } catch (failure) {
      throw this.#refusalOf(failure);
    }
  }

  /** Found out when somebody signs in: a collector starts without its provider. */
  async #discovered(): Promise<ProviderConfiguration> {
    const { issuer, clientId, clientSecret } = this.#settings;
    const { discovery, allowInsecureRequests, enableNonRepudiationChecks, None } = this.#library;
    const isPlain = issuer.protocol === "http:";
    // Not asked for where tokens come over TLS, and one wall more.
    const execute = [enableNonRepudiationChecks, ...(isPlain ? [allowInsecureRequests] : [])];
    this.#configuration ??= discovery(
      issuer,
      clientId,
      clientSecret,
      clientSecret === undefined ? None() : undefined,
      { timeout: TIMEOUT_SECONDS, execute },
    );
    try {
      return await this.#configuration;
    } catch {
      // Asked again the next time.
      this.#configuration = undefined;
      throw new SignInRefused("unreachable");
    }
  }

  #refusalOf(failure: unknown): SignInRefused {
    if (failure instanceof SignInRefused) return failure;
    const { AuthorizationResponseError, ResponseBodyError } = this.#library;
    if (failure instanceof AuthorizationResponseError) return new SignInRefused("denied");
    // A code that was used, or is of another flow; anything else is about this collector.
    if (failure instanceof ResponseBodyError) {
      return new SignInRefused(failure.error === "invalid_grant" ? "not_begun" : "unreachable");
    }
    const code = failure instanceof Error && "code" in failure ? failure.code : undefined;
    const isMismatch = typeof code === "string" && MISMATCHES.has(code);
    return new SignInRefused(isMismatch ? "not_begun" : "unreachable");
  }

  /** Keyed, so that what is stored names nobody. */
  #digest(subject: string): string {
    const text = JSON.stringify([this.#settings.issuer.href, subject]);
    return createHmac("sha256", this.#subjects).update(text).digest("hex");
  }
}

/** What the library says of an answer that does not belong to the flow. */
const MISMATCHES: ReadonlySet<string> = new Set([
  "OAUTH_INVALID_RESPONSE",
  "OAUTH_JWT_CLAIM_COMPARISON_FAILED",
]);

/** Only what the provider says to have verified, in so many words. */
function verifiedIn({ email, email_verified: isVerified }: ProviderClaims): string | undefined {
  return isVerified === true && typeof email === "string" && EMAIL.test(email) ? email : undefined;
}
