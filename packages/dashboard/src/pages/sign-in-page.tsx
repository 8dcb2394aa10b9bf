import { useEffect, useState } from "preact/hooks";
import { keepPlace, type Provider, readProviders, signInByKey } from "../server/account.ts";

interface Properties {
  /** Why somebody who followed a link is here. */
  readonly notice: string | undefined;
  readonly onSignedIn: () => void;
}

export function SignInPage({ notice, onSignedIn }: Properties) {
  const [failure, setFailure] = useState(notice);
  const [isBusy, setBusy] = useState(false);
  const [providers, setProviders] = useState<readonly Provider[]>([]);
  useEffect(() => {
    void readProviders().then(setProviders);
  }, []);
  const signIn = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const key = String(new FormData(event.target).get("key")).trim();
    setBusy(true);
    try {
      await signInByKey(key);
      onSignedIn();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : "that did not work");
    } finally {
      setBusy(false);
    }
  };
  return (
    <main>
      <div class="empty">
        <h1>CAUM</h1>
        <p class="quiet">See what your agents do: structure, not secrets.</p>
        <form class="panel padded" onSubmit={signIn}>
          <label>
            API key
            <input
              class="mono"
              name="key"
              type="password"
              autocomplete="current-password"
              placeholder="caum_live_…"
              required
            />
          </label>
          <button type="submit" class="first" disabled={isBusy}>
            Sign in
          </button>
          {failure !== undefined && (
            <p class="bad" role="alert">
              {failure}
            </p>
          )}
          {providers.map(({ name }) => (
            <a key={name} class="button" href="/sign-in/oidc" onClick={keepPlace}>
              Sign in by {name}
            </a>
          ))}
          <p class="quiet">
            On the machine of the collector, <code>caum up</code> prints a link that signs you in.
          </p>
        </form>
      </div>
    </main>
  );
}
