#!/usr/bin/env node
// Does what `systemctl --user` does with a unit: starts its command line, and ends it again.
import { spawn } from "node:child_process";
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const { HOME, XDG_RUNTIME_DIR } = process.env;
const [, verb, ...rest] = process.argv.slice(2);
const pidFile = join(XDG_RUNTIME_DIR, "pid");
appendFileSync(join(XDG_RUNTIME_DIR, "asked"), `${[verb, ...rest].join(" ")}\n`);

if (verb === "restart") {
  const unit = readFileSync(join(HOME, ".config/systemd/user", rest[0]), "utf8");
  const words = quoted(/^ExecStart=(.*)$/m.exec(unit)[1]).map((word) => word.replaceAll("$$", "$"));
  const [variable] = quoted(/^Environment=(.*)$/m.exec(unit)[1]);
  const [name, ...value] = variable.split("=");
  const env = { PATH: process.env.PATH, HOME, [name]: value.join("=") };
  const child = spawn(words[0], words.slice(1), { env, detached: true, stdio: "ignore" });
  child.unref();
  writeFileSync(pidFile, String(child.pid));
}
if (verb === "disable") {
  process.kill(Number(readFileSync(pidFile, "utf8")), "SIGTERM");
  rmSync(pidFile);
}

/** The words of a line as systemd.syntax(7) has them. */
function quoted(line) {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text]) =>
    text.replace(/\\(.)/g, "$1").replaceAll("%%", "%"),
  );
}
