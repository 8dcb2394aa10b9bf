/** A client that starts one server, in a group of its own, and tells what it sees of it. */
import { spawn } from "node:child_process";

const [command, ...words] = process.argv.slice(2);
const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const child = spawn(command, words, { stdio: ["pipe", "pipe", "inherit"], detached: true });
child.stdin.on("error", () => {});
child.stdout.once("data", () => tell({ pid: child.pid }));
child.on("exit", (code, signal) => tell({ code, signal }));
process.stdin.on("data", () => child.stdin.end());
