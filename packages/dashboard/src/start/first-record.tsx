import { useEffect, useState } from "preact/hooks";
import { sessionPath } from "../parts/router.ts";
import type { SessionRow } from "../server/answers.ts";
import { streamLedger } from "../server/sessions.ts";

/** A light that turns green with the first record that arrives while the page is open. */
export function FirstRecord() {
  const [row, setRow] = useState<SessionRow>();
  const isSeen = row !== undefined;
  useEffect(() => {
    if (isSeen) return;
    return streamLedger(Date.now(), {
      onRow: setRow,
      onStale: () => {},
      onMore: () => {},
      onConnection: () => {},
    });
  }, [isSeen]);
  return (
    <p role="status">
      {row === undefined ? (
        <span class="state quiet">Waiting for a record…</span>
      ) : (
        <span class="state live good">
          A record arrived:{" "}
          <a href={sessionPath(row.id)}>
            <bdi>{row.title}</bdi>
          </a>
        </span>
      )}
    </p>
  );
}
