/** Who is signed in, and the ways in and out. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { type Account, arrived, readAccount, signInByLink, signOut } from "../server/account.ts";

/** How a link that works once carries its secret: in the fragment, which no request shows. */
const LINK = /^#(link|invitation)=([\w.-]+)$/;
/** Where a provider's answer leads: the cookie is there, and no script can see it. */
const ARRIVED = "#signed-in";

export interface SignedInAccount {
  /** Undefined for whoever is not signed in. */
  readonly account: Account | undefined | "unknown";
  /** For whoever signs in: why they have to, or why a link did not work. */
  readonly notice: string | undefined;
  /** One that was opened where somebody is signed in already. */
  readonly invitation: string | undefined;
  /** Asks who is signed in now. */
  readonly settle: () => void;
  readonly leave: (why?: string) => void;
  readonly askToLeave: () => void;
  readonly acceptInvitation: (secret: string) => void;
  readonly keepAccount: () => void;
}

export function useAccount(): SignedInAccount {
  const [account, setAccount] = useState<SignedInAccount["account"]>("unknown");
  const [notice, setNotice] = useState<string>();
  const [invitation, setInvitation] = useState<string>();
  const settle = useCallback(() => {
    void readAccount().then(setAccount);
  }, []);
  const leave = useCallback((why?: string) => {
    setNotice(why);
    setAccount(undefined);
  }, []);
  const askToLeave = useCallback(() => {
    // First what is open is let go of: it would ask on without a right to.
    setAccount("unknown");
    void signOut().finally(() => leave());
  }, [leave]);
  const follow = useCallback(
    (kind: "link" | "invitation", secret: string) => {
      setInvitation(undefined);
      // What is open belongs to whoever was signed in before.
      setAccount("unknown");
      void signInByLink(kind, secret)
        .catch((failure: Error) => setNotice(`The link does not work: ${failure.message}`))
        .then(settle);
    },
    [settle],
  );
  const askFirst = useCallback(
    (secret: string) => {
      void readAccount().then((known) => {
        if (known === undefined) return follow("invitation", secret);
        setInvitation(secret);
        setAccount(known);
      });
    },
    [follow],
  );
  useArrival({ settle, follow, askFirst });
  const acceptInvitation = (secret: string) => follow("invitation", secret);
  const keepAccount = () => setInvitation(undefined);
  return { account, notice, invitation, settle, leave, askToLeave, acceptInvitation, keepAccount };
}

interface Ways {
  readonly settle: () => void;
  readonly follow: (kind: "link", secret: string) => void;
  /** Of an invitation, where somebody is signed in. */
  readonly askFirst: (secret: string) => void;
}

/** Does what the address says about signing in, once, and again when it changes. */
function useArrival({ settle, follow, askFirst }: Ways): void {
  useEffect(() => {
    const arrive = () => {
      if (location.hash === ARRIVED) {
        history.replaceState(null, "", arrived() ?? location.pathname);
        dispatchEvent(new PopStateEvent("popstate"));
        return false;
      }
      const [, kind, secret] = LINK.exec(location.hash) ?? [];
      if (secret === undefined) return false;
      history.replaceState(null, "", location.pathname);
      if (kind === "link") follow(kind, secret);
      else askFirst(secret);
      return true;
    };
    if (!arrive()) settle();
    // A link that is opened where the page is open already does not load it again.
    addEventListener("hashchange", arrive);
    return () => removeEventListener("hashchange", arrive);
  }, [settle, follow, askFirst]);
}
