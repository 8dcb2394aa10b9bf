/**
 * How much of ours waits for the disk at once. Node has four threads for files, names and
 * compression of the whole process: on a disk that hangs, the host must find some of them free.
 */
const LANES = 2;

let busy = 0;
const waiting: (() => void)[] = [];

/** Runs `work` when there is a lane; work that asks for a lane itself could wait for ever. */
export async function inLane<Result>(work: () => Promise<Result>): Promise<Result> {
  if (busy >= LANES) await new Promise<void>((resolve) => waiting.push(resolve));
  else busy += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    // The lane is handed over: nobody can come in between.
    if (next) next();
    else busy -= 1;
  }
}
