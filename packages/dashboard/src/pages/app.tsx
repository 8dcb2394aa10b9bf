import { useCallback, useEffect, useState } from "preact/hooks";
import { LedgerPage } from "../ledger/ledger-page.tsx";
import { LaterPart } from "../parts/later-part.tsx";
import { type Place, usePlace } from "../parts/router.ts";
import { type Account, arrived, readAccount, signInByLink, signOut } from "../server/account.ts";
import type { Connection } from "../server/event-stream.ts";
import { SessionPage } from "../session/session-page.tsx";
import { InvitationPage } from "./invitation-page.tsx";
import { Keyboard } from "./keyboard.tsx";
import { SignInPage } from "./sign-in-page.tsx";
import { UnknownPage } from "./unknown-page.tsx";

/** What the state of the line to the collector is called. */
const STATES: Readonly<Record<Connection, readonly [words: string, look: string]>> = {
  connecting: ["connecting", "quiet"],
  live: ["live", "live good"],
  waiting: ["reconnecting", "warn"],
  signed_out: ["signed out", "bad"],
  gone: ["not followed", "quiet"],
};
const SIGN_IN_OVER = "your sign-in has ended: sign in again, and the page goes on";
/** How a link that works once carries its secret: in the fragment, which no request shows. */
const LINK = /^#(link|invitation)=([\w.-]+)$/;
/** Where a provider's answer leads: the cookie is there, and no script can see it. */
const ARRIVED = "#signed-in";

export function App() {
  const [account, setAccount] = useState<Account | undefined | "unknown">("unknown");
  const [notice, setNotice] = useState<string>();
  /** One that was opened where somebody is signed in already. */
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
  const arrive = useCallback(() => {
    if (location.hash === ARRIVED) {
      history.replaceState(null, "", arrived() ?? location.pathname);
      dispatchEvent(new PopStateEvent("popstate"));
      return false;
    }
    const [, kind, secret] = LINK.exec(location.hash) ?? [];
    if (secret === undefined) return false;
    history.replaceState(null, "", location.pathname);
    if (kind === "link") follow(kind, secret);
    else {
      void readAccount().then((known) => {
        if (known === undefined) return follow("invitation", secret);
        setInvitation(secret);
        setAccount(known);
      });
    }
    return true;
  }, [follow]);
  useEffect(() => {
    if (!arrive()) settle();
    // A link that is opened where the page is open already does not load it again.
    addEventListener("hashchange", arrive);
    return () => removeEventListener("hashchange", arrive);
  }, [arrive, settle]);
  if (account === "unknown") return <main aria-busy="true" />;
  if (account === undefined) return <SignInPage notice={notice} onSignedIn={settle} />;
  if (invitation !== undefined) {
    return (
      <InvitationPage
        who={account.member?.label ?? "the owner of an API key"}
        onUse={() => follow("invitation", invitation)}
        onKeep={() => setInvitation(undefined)}
      />
    );
  }
  return <SignedIn account={account} onSignOut={askToLeave} onSignedOut={leave} />;
}

/** As much code as half of the page: they are loaded when somebody opens them. */
const workflowPages = () => import("../workflows/workflow-pages.tsx");
const alertsPage = () => import("../alerts/alerts-page.tsx");
const comparePage = () => import("../compare/compare-page.tsx");
const startPage = () => import("../start/start-page.tsx");
const settingsPage = () => import("../settings/settings-page.tsx");
const overviewPages = () => import("../overview/overview-pages.tsx");

const NAVIGATION = [
  ["/overview", "Overview", ["overview"]],
  ["/", "Sessions", ["sessions"]],
  ["/loops", "Loops", ["loops"]],
  ["/workflows", "Workflows", ["workflows", "workflow"]],
  ["/compare", "Compare", ["compare"]],
  ["/alerts", "Alerts", ["alerts"]],
  ["/onboarding", "Start", ["start"]],
  ["/settings", "Settings", ["settings"]],
] as const satisfies readonly (readonly [string, string, readonly Place["page"][]])[];

function titleOf(place: Place): string {
  if (place.page === "session") return `${place.id} · CAUM`;
  return place.page === "workflow" ? `${place.name} · CAUM` : `CAUM ${place.page}`;
}

interface Properties {
  readonly account: Account;
  readonly onSignOut: () => void;
  /** @param why for whoever did not ask for it */
  readonly onSignedOut: (why?: string) => void;
}

function SignedIn({ account, onSignOut, onSignedOut }: Properties) {
  const place = usePlace();
  const [connection, setConnection] = useState<Connection>("connecting");
  const onConnection = useCallback(
    (to: Connection) => (to === "signed_out" ? onSignedOut(SIGN_IN_OVER) : setConnection(to)),
    [onSignedOut],
  );
  useEffect(() => {
    document.title = titleOf(place);
  }, [place]);
  const [words, look] = STATES[connection];
  const isLive = place.page === "session" || place.page === "sessions";
  return (
    <>
      <header class="top">
        <b>CAUM</b>
        <nav>
          {NAVIGATION.map(([path, words, pages]) => (
            <a
              key={path}
              href={path}
              aria-current={pages.some((page) => page === place.page) ? "page" : undefined}
            >
              {words}
            </a>
          ))}
        </nav>
        <span class="spread" />
        {isLive && (
          <span class={`state ${look}`} role="status">
            {words}
          </span>
        )}
        <Keyboard />
        <button type="button" class="plain" onClick={onSignOut}>
          Sign out
        </button>
      </header>
      {(place.page === "overview" || place.page === "loops") && (
        <LaterPart load={overviewPages} fallback={<main aria-busy="true" />}>
          {({ OverviewPage, LoopsPage }) =>
            place.page === "loops" ? <LoopsPage /> : <OverviewPage />
          }
        </LaterPart>
      )}
      {place.page === "sessions" && <LedgerPage onConnection={onConnection} />}
      {place.page === "session" && (
        <SessionPage key={place.id} id={place.id} onConnection={onConnection} />
      )}
      {place.page === "workflows" && (
        <LaterPart load={workflowPages} fallback={<main aria-busy="true" />}>
          {({ WorkflowsPage }) => <WorkflowsPage />}
        </LaterPart>
      )}
      {place.page === "workflow" && (
        <LaterPart load={workflowPages} fallback={<main aria-busy="true" />}>
          {({ WorkflowPage }) => <WorkflowPage key={place.name} name={place.name} />}
        </LaterPart>
      )}
      {place.page === "alerts" && (
        <LaterPart load={alertsPage} fallback={<main aria-busy="true" />}>
          {({ AlertsPage }) => <AlertsPage />}
        </LaterPart>
      )}
      {place.page === "compare" && (
        <LaterPart load={comparePage} fallback={<main aria-busy="true" />}>
          {({ ComparePage }) => <ComparePage />}
        </LaterPart>
      )}
      {place.page === "settings" && (
        <LaterPart load={settingsPage} fallback={<main aria-busy="true" />}>
          {({ SettingsPage }) => <SettingsPage account={account} />}
        </LaterPart>
      )}
      {place.page === "unknown" && <UnknownPage />}
      {place.page === "start" && (
        <LaterPart load={startPage} fallback={<main aria-busy="true" />}>
          {({ StartPage }) => <StartPage account={account} />}
        </LaterPart>
      )}
    </>
  );
}
