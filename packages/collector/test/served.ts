/** Starts `serve.ts` and talks to it; the process can be killed at any moment. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { storeFor } from "./store-choice.ts";

export interface Served {
  readonly child: ChildProcess;
  readonly url: string;
  readonly apiKey: string;
  readonly verifierKey: string;
  post(path: string, body: unknown): Promise<Response>;
  get(path: string): Promise<Response>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

export async function serve(data: string, env: Record<string, string> = {}): Promise<Served> {
  const choice = await storeFor(data);
  const database = choice.database === undefined ? {} : { TEST_DATABASE: choice.database };
  const child = spawn(
    process.execPath,
    ["--conditions=@caum/source", join(import.meta.dirname, "serve.ts"), data],
    {
      stdio: ["ignore", "pipe", env.TEST_QUIET === undefined ? "inherit" : "ignore"],
      env: { ...process.env, ...choice.env, ...database, ...env },
    },
  );
  const ready = await new Promise<string>((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      if (text.includes("\n")) resolve(text);
    });
    child.once("exit", (code) => reject(new Error(`the collector ended with ${code}`)));
  });
  const { url, apiKey, verifierKey } = JSON.parse(ready);
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  return {
    child,
    url,
    apiKey,
    verifierKey,
    post: (path, body) =>
      fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) }),
    get: (path) => fetch(`${url}${path}`, { headers }),
    async kill(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
    },
  };
}
