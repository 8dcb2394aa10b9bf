/** Work that is asked for more often than it may be done. */

export interface Paced {
  /** Does it now, or when the pause is over: once, however often it was asked for. */
  ask(): void;
  stop(): void;
}

export function paced(work: () => Promise<void>, pauseMs: number): Paced {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsked = false;
  const rest = () => {
    timer = setTimeout(() => {
      timer = undefined;
      if (isAsked) begin();
    }, pauseMs);
  };
  const begin = () => {
    isAsked = false;
    void work();
    rest();
  };
  return {
    ask() {
      isAsked = true;
      if (timer === undefined) begin();
    },
    stop() {
      clearTimeout(timer);
      isAsked = false;
    },
  };
}
