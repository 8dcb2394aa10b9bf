import { useCallback, useEffect, useState } from "preact/hooks";

export interface Answered<T> {
  /** What was answered last; it stands while it is asked for again. */
  readonly answer: T | undefined;
  /** What is in the way, in words. */
  readonly failure: string | undefined;
  readonly isLoading: boolean;
  readonly again: () => void;
}

/** @param ask the same function each time: another one asks anew */
export function useAnswer<T>(ask: () => Promise<T>): Answered<T> {
  const [answer, setAnswer] = useState<T>();
  const [failure, setFailure] = useState<string>();
  const [isLoading, setLoading] = useState(true);
  const [times, setTimes] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    setLoading(true);
    ask()
      .then((told) => {
        if (!isCurrent) return;
        setAnswer(() => told);
        setFailure(undefined);
      })
      .catch((problem: Error) => {
        if (isCurrent) setFailure(problem.message);
      })
      .finally(() => {
        if (isCurrent) setLoading(false);
      });
    return () => {
      isCurrent = false;
    };
  }, [ask, times]);
  const again = useCallback(() => setTimes((before) => before + 1), []);
  return { answer, failure, isLoading, again };
}
