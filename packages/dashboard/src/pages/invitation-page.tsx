interface Properties {
  /** Who is signed in, in words. */
  readonly who: string;
  readonly onUse: () => void;
  readonly onKeep: () => void;
}

/** Asked first: a link of somebody else must not swap accounts unseen. */
export function InvitationPage({ who, onUse, onKeep }: Properties) {
  return (
    <main>
      <div class="empty">
        <h1>Use this invitation?</h1>
        <p>
          You are signed in as <bdi>{who}</bdi>. The invitation signs you out, and in again as the
          member that it is for.
        </p>
        <p class="line">
          <button type="button" onClick={onKeep}>
            Stay signed in
          </button>
          <button type="button" class="first" onClick={onUse}>
            Sign in with it
          </button>
        </p>
        <p class="quiet">It works once; as long as you do not use it, it stays as it is.</p>
      </div>
    </main>
  );
}
