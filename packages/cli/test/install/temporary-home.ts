/** A person's machine in a temporary folder, and `caum` run in it as a person would run it. */
import { execFile } from "node:child_process";
import {
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { KEPT_CODE } from "../../../../test/kept-code.ts";
import type { Place } from "../../src/machine/place.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class TemporaryHome {
  /** With a space and a quote, as some have them. */
  readonly root = mkdtempSync(join(tmpdir(), "caum o'home "));
  readonly home = join(this.root, "u");
  readonly project = join(this.root, "project");
  readonly caumHome = join(this.home, ".caum");
  readonly env: Readonly<Record<string, string>> = {
    PATH: process.env.PATH ?? "",
    HOME: this.home,
    NO_COLOR: "1",
    CI: "1",
    ...KEPT_CODE,
  };

  constructor() {
    mkdirSync(this.home);
    mkdirSync(this.project);
  }

  get place(): Place {
    const { home, env, project: folder, caumHome } = this;
    return { platform: "linux", home, env, folder, caumHome, node: process.execPath };
  }

  write(path: string, text: string): string {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  caum(
    words: readonly string[],
    env: Readonly<Record<string, string>> = {},
    input = "",
    user?: number,
  ): Promise<Outcome> {
    const command = ["--conditions=@caum/source", "--no-warnings", MAIN, ...words];
    const rights = user === undefined ? {} : { uid: user, gid: user };
    const options = { cwd: this.project, env: { ...this.env, ...env }, ...rights };
    return new Promise((resolve) => {
      const child = execFile(process.execPath, command, options, (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
      });
      child.stdin?.end(input);
    });
  }

  /** Every file outside CAUM_HOME with its mode and bytes. */
  files(): Readonly<Record<string, string>> {
    const names = readdirSync(this.root, { recursive: true }).map(String).sort();
    const own = names.filter((name) => !join(this.root, name).startsWith(this.caumHome));
    return Object.fromEntries(
      own.map((name) => {
        const path = join(this.root, name);
        const facts = lstatSync(path);
        const content = facts.isFile() ? readFileSync(path, "base64") : "";
        return [name, `${facts.mode.toString(8)} ${content}`];
      }),
    );
  }

  /** The names of the runs that are kept here. */
  runs(): readonly string[] {
    return readdirSync(join(this.caumHome, "runs"));
  }

  copyFrom(path: string, to: string): void {
    cpSync(path, join(this.root, to));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
