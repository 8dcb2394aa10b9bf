import type { ShareDifference, ShareSide } from "../server/compared/sides.ts";
import { pointWords, shareWords } from "./figure-words.ts";

interface Properties {
  readonly shares: readonly ShareDifference[];
}

/** Shares of sessions of both sides, one below the other on one measure, with their intervals. */
export function ShareStrips({ shares }: Properties) {
  return (
    <>
      {shares.map(({ share, words, a, b, difference }) => (
        <section key={share} aria-label={`Sessions ${words}`}>
          <p class="line">
            <b>Sessions {words}</b>
            <span>
              {pointWords(difference.estimate)} points, from {pointWords(difference.low)} to{" "}
              {pointWords(difference.high)} (95 %)
            </span>
          </p>
          <ShareStrip name="A" side={a} />
          <ShareStrip name="B" side={b} />
        </section>
      ))}
      <p class="quiet">
        A bar is the interval of a share at 95 %, its mark the share. All bars reach from 0 to 100
        %.
      </p>
    </>
  );
}

function ShareStrip({ name, side }: { readonly name: string; readonly side: ShareSide }) {
  const { count, of, estimate, low, high } = side;
  const place = (share: number) => `${100 * share}%`;
  return (
    <div class="share-strip">
      <b>{name}</b>
      <div aria-hidden="true">
        <i style={{ left: place(low), width: place(high - low) }} />
        <b style={{ left: place(estimate) }} />
      </div>
      <span>
        {count} of {of}, {shareWords(estimate)}
      </span>
    </div>
  );
}
