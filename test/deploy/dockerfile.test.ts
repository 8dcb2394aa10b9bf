/** deploy/docker: what the image is, and its steps done here, in a folder, without a daemon. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect, test } from "vitest";
import { isIgnored, readStages, type Stage, textsOf, wordsOf } from "./dockerfile.ts";

const ROOT = join(import.meta.dirname, "../..");
const DOCKERFILE = readFileSync(join(ROOT, "deploy/docker/Dockerfile"), "utf8");
const IGNORE = readFileSync(join(ROOT, ".dockerignore"), "utf8");
// Two stages, as the first test holds.
const [build, image] = readStages(DOCKERFILE) as unknown as readonly [Stage, Stage];

const folder = mkdtempSync(join(tmpdir(), "caum-image-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the image is built in one stage and run from another, by nobody's privileges", () => {
  expect(readStages(DOCKERFILE).map(({ as }) => as)).toEqual(["build", ""]);
  for (const { from } of [build, image]) expect(from).toMatch(/^node:\d+-\w+-slim$/);
  const names = image.instructions.map(({ name }) => name);
  // What runs as root comes before.
  expect(names.lastIndexOf("RUN")).toBeLessThan(names.indexOf("USER"));
  expect(textsOf(image, "USER")).toEqual(["10001:10001"]);
  expect(textsOf(image, "VOLUME")).toEqual(["/data"]);
  expect(textsOf(image, "ENV")).toContain("CAUM_HOME=/data");
  expect(textsOf(image, "STOPSIGNAL")).toEqual(["SIGTERM"]);
  expect(textsOf(image, "COPY")).toEqual(["--from=build /src/caum ."]);
  // Logs of containers are kept.
  expect(wordsOf(textsOf(image, "CMD")[0] ?? "")).toContain("--no-show-keys");
  expect(DOCKERFILE).not.toMatch(/--(?:mount|privileged)|sudo|ADD |curl|wget|latest/);
});

/** Every file of the repository that goes into the build. */
function context(): readonly string[] {
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: ROOT });
  const files = listed.toString("utf8").trim().split("\n");
  return files.filter((file) => !isIgnored(file, IGNORE) && existsSync(join(ROOT, file)));
}

test("what the steps do can be done, and the program starts as nobody, with its folder read-only", {
  timeout: 240_000,
}, async () => {
  const source = join(folder, "src");
  for (const file of context()) {
    mkdirSync(dirname(join(source, file)), { recursive: true });
    cpSync(join(ROOT, file), join(source, file));
  }
  const steps = textsOf(build, "RUN");
  expect(steps.map((step) => step.split(" ").slice(0, 2).join(" "))).toEqual([
    "npm ci",
    "node scripts/build.mjs",
    "mkdir packed",
    "npm install",
  ]);
  console.warn(
    "NOT TESTED on this machine: npm ci and npm install of the Dockerfile, without a network",
  );
  installed(source);
  for (const step of steps.slice(1, 3)) {
    const done = spawnSync("/bin/sh", ["-ec", step], { cwd: source, encoding: "utf8" });
    expect(done.status, `${step}: ${done.stderr}`).toBe(0);
  }
  const program = join(folder, "caum");
  unpacked(join(source, "packed"), program);
  const data = join(folder, "data");
  mkdirSync(data, { mode: 0o700 });
  await starts(program, data);
});

/** In place of `npm ci`: the packages that are installed here, and our own as links. */
function installed(source: string): void {
  const modules = join(source, "node_modules");
  mkdirSync(join(modules, "@caum"), { recursive: true });
  for (const name of readdirSync(join(ROOT, "node_modules"))) {
    if (name !== "@caum" && name !== "caum")
      symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  }
  for (const name of readdirSync(join(source, "packages"))) {
    const { name: own } = JSON.parse(
      readFileSync(join(source, "packages", name, "package.json"), "utf8"),
    );
    symlinkSync(join(source, "packages", name), join(modules, own));
  }
}

/** In place of `npm install`: our packages as they are packed, with what they depend on. */
function unpacked(packed: string, program: string): void {
  const modules = join(program, "node_modules");
  mkdirSync(join(modules, "@caum"), { recursive: true });
  for (const name of readdirSync(join(ROOT, "node_modules"))) {
    if (name !== "@caum" && name !== "caum")
      symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  }
  const archives = readdirSync(packed);
  expect(archives.length).toBe(8);
  for (const archive of archives) {
    const [, name = ""] = /^caum-(.+)-\d+\.\d+\.\d+\.tgz$/.exec(archive) ?? [];
    const to = join(modules, "@caum", name);
    mkdirSync(to);
    execFileSync("tar", ["-xzf", join(packed, archive), "-C", to, "--strip-components=1"]);
    const { dependencies = {} } = JSON.parse(readFileSync(join(to, "package.json"), "utf8"));
    const ours = Object.keys(dependencies).filter((each) => each.startsWith("@caum/"));
    const known = archives.map((each) =>
      each.replace(/^caum-(.+)-\d+\.\d+\.\d+\.tgz$/, "@caum/$1"),
    );
    for (const own of ours) expect(known, name).toContain(own);
  }
}

const NOBODY = 10_001;

async function starts(program: string, data: string): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  const rights = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  if (isRoot) {
    chownSync(data, NOBODY, NOBODY);
    for (const place of [folder, program]) chmodSync(place, 0o755);
  } else console.warn("NOT TESTED on this machine: the image's user, which only root becomes");
  const set = textsOf(image, "ENV").map((line) => line.split("=", 2) as [string, string]);
  const env = {
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
    ...Object.fromEntries(set),
    CAUM_HOME: data,
    CAUM_PORT: "0",
  };
  const inHere = (words: readonly string[]) =>
    words.map((word) => word.replace("/opt/caum", program));
  const [command = "", ...entry] = inHere(wordsOf(textsOf(image, "ENTRYPOINT")[0] ?? ""));
  const words = [...entry, ...wordsOf(textsOf(image, "CMD")[0] ?? "")];
  expect(command).toBe("node");
  const options = { env, cwd: program, ...rights };
  const child = spawn(process.execPath, words, {
    ...options,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  let printed = "";
  let port = "";
  for await (const line of createInterface({ input: child.stdout })) {
    printed += `${line}\n`;
    port ||= /^caum collector {2}http:\/\/[\d.]+:(\d+)$/.exec(line)?.[1] ?? "";
    if (line.startsWith("  keys ")) break;
  }
  expect(printed).not.toMatch(/caum_(?:live|admin)_/);
  const check = textsOf(image, "HEALTHCHECK")[0]?.replace(/^.*? CMD /, "") ?? "";
  const [, ...asked] = wordsOf(check);
  const healthy = (at: string) =>
    spawnSync(process.execPath, asked, { env: { ...env, CAUM_PORT: at } }).status;
  expect(healthy(port)).toBe(0);
  const keys = spawnSync(process.execPath, [...entry, "collector", "keys"], options);
  expect(keys.stdout.toString("utf8")).toMatch(/^API key {4}caum_live_/);
  child.kill("SIGTERM");
  expect((await ended)[0]).toBe(0);
  expect(healthy(port)).toBe(1);
  // Everything that it wrote is below its own folder.
  expect(readdirSync(data)).toContain("collector");
}
