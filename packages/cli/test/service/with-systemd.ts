import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Place } from "../../src/machine/place.ts";
import type { TemporaryHome } from "../install/temporary-home.ts";

const SYSTEMCTL = fileURLToPath(new URL("fake-systemctl.mjs", import.meta.url));

/** This machine with a systemd that keeps services of the user. */
export function withSystemd(machine: TemporaryHome): Place {
  const runtime = join(machine.root, "run");
  const bin = join(machine.root, "bin");
  mkdirSync(join(runtime, "systemd"), { recursive: true });
  mkdirSync(bin, { recursive: true });
  if (!existsSync(join(bin, "systemctl"))) symlinkSync(SYSTEMCTL, join(bin, "systemctl"));
  const PATH = `${bin}:${dirname(process.execPath)}:${machine.env.PATH}`;
  const { CI: _, ...env } = machine.env;
  return { ...machine.place, env: { ...env, PATH, XDG_RUNTIME_DIR: runtime } };
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      // True because it listens on a port.
      const { port: free } = server.address() as { port: number };
      server.close(() => resolve(free));
    });
  });
}
