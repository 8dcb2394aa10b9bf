import type { RootKey } from "@caum/core/machine";
import { Flows } from "./flow.ts";
import { loadOidcLibrary } from "./library.ts";
import { type OidcOptions, oidcSettings } from "./oidc-settings.ts";
import { Provider } from "./provider.ts";

/** What signing in by a provider is made of. */
export interface OidcParts {
  readonly provider: Provider;
  readonly flows: Flows;
  /** Whose members it signs in: those of whoever runs the collector. */
  readonly tenant: number;
}

/**
 * @returns undefined where nothing is said about a provider
 * @throws {Error} when what is said cannot be used, or the library is not there
 */
export async function openOidc(
  options: OidcOptions | undefined,
  parts: {
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly root: RootKey;
    readonly clock: () => number;
    readonly tenant: number;
    /** Where people reach the collector. */
    readonly publicUrl: () => string;
  },
): Promise<OidcParts | undefined> {
  const settings = oidcSettings(options ?? {}, parts.env);
  if (settings === undefined) return undefined;
  const { root, clock, tenant, publicUrl } = parts;
  const library = await loadOidcLibrary();
  const callbackUrl = () => `${publicUrl()}/sign-in/oidc/callback`;
  const provider = new Provider({ settings, root, callbackUrl, library });
  return { provider, flows: new Flows(root, clock), tenant };
}
