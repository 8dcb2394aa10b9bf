/**
 * Changes the code of one folder in many small ways and counts which changes make a test fail:
 * `npm run mutation -- core/merge 0.1` for a tenth of the changes; 1 is all of them, for hours.
 *
 * StrykerJS is installed once into the temporary folder, so that the checkout stays as it is.
 */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const VERSION = "10.1.1";
/** Percent of the changes that a test has to notice. */
const AIM = 80;
const THOUSAND = 1_000;

/** What can be changed, and the tests that are to notice it. */
const FOLDERS = {
  "core/health": ["core/test/health/**/*"],
  // Adapters are where most of it is put to use.
  "core/merge": [
    "core/test/merge/**/*",
    "ai-sdk/test/{events,sessions,middleware}",
    "openai/test/{ids,no-doubles}",
    "langchain/test/{events,sessions}",
  ],
  // The page's verifier is put together from the same rules, and compared with ours row by row.
  "core/evidence": ["core/test/evidence/**/*", "dashboard/test/verifiers/**/*"],
  "mcp-proxy/tap": ["mcp-proxy/test/tap/**/*"],
  "collector/ingest": ["collector/test/ingest/**/*"],
};

/** Tests that take long or ask other programs, and those that only compare a digest of all. */
const LEFT_OUT = [
  "any-change",
  "many-keys",
  "memory",
  "most-entries",
  "traces",
  "shell-word",
  "determinism",
  "node-versions",
];

/** Values that a property is tried with, and seeds of a family of sessions: all of them take too long. */
const FEWER = { MUTATION_VALUES: "30", MUTATION_SEEDS: "4" };

const [asked = "", share = "0.05"] = process.argv.slice(2);
const name = Object.keys(FOLDERS).find(
  (folder) => asked === folder || asked.startsWith(`${folder}/`),
);
const isShare = Number(share) > 0 && Number(share) <= 1;
if (name === undefined || !isShare) {
  fail(`name one of ${Object.keys(FOLDERS).join(", ")}, or a file below it, and a share up to 1`);
}
const tool = installed();
const folder = join(tmpdir(), `caum-mutation-run-${process.pid}`);
process.exit(run());

function run() {
  const [package_, ...below] = asked.split("/");
  const place = `packages/${package_}/src/${below.join("/")}`;
  const report = join(folder, "report.json");
  const options = {
    testRunner: "vitest",
    plugins: [
      join(tool, "node_modules/@stryker-mutator/vitest-runner/dist/src/index.js"),
      join(tool, "sample.mjs"),
    ],
    checkers: ["sample"],
    vitest: { configFile: "scripts/mutation/vitest.config.ts", related: false },
    mutate: [place.endsWith(".ts") ? place : `${place}/**/*.ts`],
    ignorePatterns: ["**/dist", "bench", "field", "findings", "demo", "examples"],
    // Beside what its tests took unchanged. One that waits for ever fails by its own limit before.
    timeoutMS: 20_000,
    timeoutFactor: 1,
    // All tests once, with every change counted: minutes on a busy machine.
    dryRunTimeoutMinutes: 20,
    concurrency: 1,
    coverageAnalysis: "perTest",
    // A change outside of functions would start the tests anew, each time.
    ignoreStatic: true,
    // The compiler has no interface for tools any more, and the sources need none of its settings.
    tsconfigFile: join(folder, "none.json"),
    tempDirName: join(folder, "copy"),
    reporters: ["clear-text", "progress-append-only", "json"],
    jsonReporter: { fileName: report },
    clearTextReporter: { allowColor: false, reportTests: false, logTests: false },
    thresholds: { high: AIM, low: AIM, break: AIM },
  };
  mkdirSync(folder, { recursive: true });
  const config = join(folder, "stryker.json");
  writeFileSync(config, JSON.stringify(options));
  const include = FOLDERS[name].map((tests) => `packages/${tests}.test.ts`);
  const exclude = LEFT_OUT.map((test) => `**/${test}.test.ts`);
  const env = {
    ...process.env,
    MUTATION_TESTS: JSON.stringify({ include, exclude }),
    ...(name === "core/health" && FEWER),
    MUTATION_SHARE: String(Math.round(Number(share) * THOUSAND)),
  };
  const stryker = join(tool, "node_modules/@stryker-mutator/core/bin/stryker.js");
  try {
    const { status } = spawnSync(process.execPath, [stryker, "run", config], {
      cwd: root,
      env,
      stdio: "inherit",
    });
    if (existsSync(report)) tellLate(JSON.parse(readFileSync(report, "utf8")));
    return status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Names what ended at the time limit: it counts as noticed, and on a busy machine it may not be. */
function tellLate({ files }) {
  const mutants = Object.entries(files).flatMap(([file, { mutants }]) =>
    mutants.map((mutant) => ({ ...mutant, file })),
  );
  const count = (...wanted) => mutants.filter(({ status }) => wanted.includes(status)).length;
  const late = mutants.filter(({ status }) => status === "Timeout");
  for (const { file, location, mutatorName, replacement } of late) {
    const { line, column } = location.start;
    console.log(`at the time limit: ${file}:${line}:${column} ${mutatorName}: ${replacement}`);
  }
  const noticed = count("Killed");
  const tried = noticed + count("Survived", "NoCoverage");
  const percent = ((100 * noticed) / tried).toFixed(1);
  console.log(
    `${noticed} of ${tried} were noticed, ${percent} %, and ${late.length} ended at the time limit`,
  );
}

/** The folder in which it is installed. */
function installed() {
  const place = join(tmpdir(), `caum-mutation-${VERSION}`);
  const sample = readFileSync(join(root, "scripts/mutation/sample.mjs"));
  if (!existsSync(place)) {
    const made = `${place}-${process.pid}`;
    mkdirSync(made, { recursive: true });
    writeFileSync(join(made, "package.json"), "{}");
    const packages = ["core", "api", "vitest-runner"].map(
      (part) => `@stryker-mutator/${part}@${VERSION}`,
    );
    // Without peers: its tests are run by the vitest of the checkout.
    const words = ["install", "--no-save", "--legacy-peer-deps", "--ignore-scripts", ...packages];
    const { status } = spawnSync("npm", words, {
      cwd: made,
      stdio: "inherit",
      shell: process.platform === "win32",
    });
    if (status !== 0) fail("StrykerJS was not installed: see the lines above");
    renameSync(made, place);
  }
  const vitest = join(place, "node_modules/vitest");
  rmSync(vitest, { force: true });
  symlinkSync(join(root, "node_modules/vitest"), vitest, "junction");
  writeFileSync(join(place, "sample.mjs"), sample);
  return place;
}

function fail(text) {
  console.error(`mutation: ${text}`);
  process.exit(2);
}
