/** A server that writes down what ends it: `life-server.mjs cleans-up|ignores|watches-parent LOG`. */
import { appendFileSync } from "node:fs";

const [mode, log] = process.argv.slice(2);
const note = (text) => appendFileSync(log, `${text}\n`);
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
const CLEAN_UP_MS = 150;
const LOOK_MS = 50;

let signals = 0;
let isEnding = false;
function cleanUp() {
  if (isEnding) return;
  isEnding = true;
  setTimeout(() => {
    note("clean");
    process.exit(0);
  }, CLEAN_UP_MS);
}

const modes = {
  /** The first signal, or the end of the input, begins the work; a second signal cuts it short. */
  "cleans-up": {
    signal() {
      signals++;
      if (signals === 1) return cleanUp();
      note("cut short");
      process.exit(1);
    },
    end: cleanUp,
  },
  ignores: { signal() {}, end() {} },
  "watches-parent": {
    end() {},
  },
};

const { signal, end } = modes[mode];
if (signal) {
  for (const name of SIGNALS) {
    process.on(name, () => {
      note(name);
      signal();
    });
  }
} else {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid === parent) return;
    note("orphan");
    process.exit(0);
  }, LOOK_MS);
}
let isEnded = false;
const ended = () => {
  if (isEnded) return;
  isEnded = true;
  note("end of input");
  end();
};
process.stdin.on("data", () => {});
process.stdin.on("end", ended);
process.stdin.on("error", ended);
process.stdout.on("error", () => {});
setInterval(() => {}, 1_000);
note(`pid ${process.pid}`);
process.stdout.write("ready\n");
