import type { VNode } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import { LedgerPage } from "../ledger/ledger-page.tsx";
import { LaterPart } from "../parts/later-part.tsx";
import { type Place, usePlace } from "../parts/router.ts";
import type { Account } from "../server/account.ts";
import type { Connection } from "../server/event-stream.ts";
import { SessionPage } from "../session/session-page.tsx";
import { InvitationPage } from "./invitation-page.tsx";
import { Keyboard } from "./keyboard.tsx";
import { SignInPage } from "./sign-in-page.tsx";
import { UnknownPage } from "./unknown-page.tsx";
import { useAccount } from "./use-account.ts";

/** What the state of the line to the collector is called. */
const STATES: Readonly<Record<Connection, readonly [words: string, look: string]>> = {
  connecting: ["connecting", "quiet"],
  live: ["live", "live good"],
  waiting: ["reconnecting", "warn"],
  signed_out: ["signed out", "bad"],
  gone: ["not followed", "quiet"],
};
const SIGN_IN_OVER = "your sign-in has ended: sign in again, and the page goes on";

export function App() {
  const { account, notice, invitation, settle, leave, askToLeave, acceptInvitation, keepAccount } =
    useAccount();
  if (account === "unknown") return <main aria-busy="true" />;
  if (account === undefined) return <SignInPage notice={notice} onSignedIn={settle} />;
  if (invitation !== undefined) {
    return (
      <InvitationPage
        who={account.member?.label ?? "the owner of an API key"}
        onUse={() => acceptInvitation(invitation)}
        onKeep={keepAccount}
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
  return (
    <>
      <TopBar place={place} connection={connection} onSignOut={onSignOut} />
      <PageAt place={place} account={account} onConnection={onConnection} />
    </>
  );
}

interface TopBarProperties {
  readonly place: Place;
  readonly connection: Connection;
  readonly onSignOut: () => void;
}

function TopBar({ place, connection, onSignOut }: TopBarProperties) {
  const [words, look] = STATES[connection];
  const isLive = place.page === "session" || place.page === "sessions";
  return (
    <header class="top">
      <b>CAUM</b>
      <nav>
        {NAVIGATION.map(([path, title, pages]) => (
          <a
            key={path}
            href={path}
            aria-current={pages.some((page) => page === place.page) ? "page" : undefined}
          >
            {title}
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
  );
}

interface PageProperties {
  readonly place: Place;
  readonly account: Account;
  readonly onConnection: (to: Connection) => void;
}

function PageAt({ place, account, onConnection }: PageProperties) {
  switch (place.page) {
    case "sessions":
      return <LedgerPage onConnection={onConnection} />;
    case "session":
      return <SessionPage key={place.id} id={place.id} onConnection={onConnection} />;
    case "unknown":
      return <UnknownPage />;
    case "overview":
    case "loops":
      return later("overview", overviewPages, ({ OverviewPage, LoopsPage }) =>
        place.page === "loops" ? <LoopsPage /> : <OverviewPage />,
      );
    case "workflows":
      return later("workflows", workflowPages, ({ WorkflowsPage }) => <WorkflowsPage />);
    case "workflow":
      return later("workflows", workflowPages, ({ WorkflowPage }) => (
        <WorkflowPage key={place.name} name={place.name} />
      ));
    case "alerts":
      return later("alerts", alertsPage, ({ AlertsPage }) => <AlertsPage />);
    case "compare":
      return later("compare", comparePage, ({ ComparePage }) => <ComparePage />);
    case "settings":
      return later("settings", settingsPage, ({ SettingsPage }) => (
        <SettingsPage account={account} />
      ));
    case "start":
      return later("start", startPage, ({ StartPage }) => <StartPage account={account} />);
  }
}

/** @param key of what is loaded: what came of one load is never shown by another */
function later<Part extends object>(
  key: string,
  load: () => Promise<Part>,
  show: (part: Part) => VNode,
) {
  return (
    <LaterPart key={key} load={load} fallback={<main aria-busy="true" />}>
      {show}
    </LaterPart>
  );
}
