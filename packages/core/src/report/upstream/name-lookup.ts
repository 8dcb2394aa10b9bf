/**
 * Finds the addresses of a name as the system does, without delaying the end of the process.
 *
 * The system's own lookup cannot be called off: a process that is done, even by `process.exit`,
 * waits for it, which takes many seconds while name servers are silent (measured). So the name
 * servers are asked before, by requests that can be called off; only what they answer at all goes
 * to the system, which then knows the hosts file, search domains and other sources of names.
 */
import type { readFile } from "node:fs/promises";
import type { LookupFunction } from "node:net";
import { join } from "node:path";
import { whenHostIsDone } from "./host-done.ts";

const SILENT_AFTER_MS = 1_500;

export interface NameSystem {
  readonly lookup: LookupFunction;
  readonly Resolver: typeof import("node:dns").Resolver;
  readonly readFile: typeof readFile;
}

export interface NameLookupOptions {
  /** `address:port` of name servers; those of the system when absent. */
  readonly nameServers?: readonly string[] | undefined;
  readonly hostsFile?: string | undefined;
  /** A name server that takes longer counts as silent. */
  readonly silentAfterMs?: number | undefined;
}

/** No name server answers: whether there is such a name cannot be told. */
class SilentError extends Error {
  override readonly name = "SilentError";
  readonly code = "ETIMEOUT";

  constructor() {
    super("the name servers do not answer");
  }
}

export function createNameLookup(
  system: NameSystem,
  options: NameLookupOptions = {},
): LookupFunction {
  return (hostname, wanted, callback) => {
    familiesOf(hostname, system, options).then(
      (family) => {
        const narrowed = family === 0 ? wanted : { ...wanted, family };
        system.lookup(hostname, narrowed, callback);
      },
      (problem: NodeJS.ErrnoException) => callback(problem, ""),
    );
  };
}

/** Which kinds of addresses can be asked for without waiting: 4, 6, or 0 for both. */
async function familiesOf(
  hostname: string,
  { Resolver, readFile }: NameSystem,
  options: NameLookupOptions,
): Promise<0 | 4 | 6> {
  const { nameServers, hostsFile = systemHostsFile(), silentAfterMs = SILENT_AFTER_MS } = options;
  if (hostname === "localhost") return 0;
  const hosts = await readFile(hostsFile, "utf8").catch(() => "");
  if (holdsWord(hosts, hostname)) return 0;
  const resolver = new Resolver();
  if (nameServers) resolver.setServers(nameServers);
  const callOff = () => resolver.cancel();
  const limit = setTimeout(callOff, silentAfterMs).unref();
  const stopLooking = whenHostIsDone({ giveUp: callOff });
  const [four, six] = await Promise.all([
    isAnswered((done) => resolver.resolve4(hostname, done)),
    isAnswered((done) => resolver.resolve6(hostname, done)),
  ]);
  clearTimeout(limit);
  stopLooking();
  if (!four && !six) throw new SilentError();
  return four && six ? 0 : four ? 4 : 6;
}

type Done = (problem: NodeJS.ErrnoException | null) => void;

/** That there is no such name is an answer: another source of names may know it. */
function isAnswered(ask: (done: Done) => void): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      ask((problem) => resolve(problem?.code !== "ETIMEOUT" && problem?.code !== "ECANCELLED"));
    } catch {
      // No name that these servers can be asked for, which the system says better.
      resolve(true);
    }
  });
}

/** Without looking at each line: some of these files are megabytes of blocked names. */
function holdsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (isSpace(text[at - 1]) && isSpace(text[at + word.length])) return true;
  }
  return false;
}

function isSpace(character: string | undefined): boolean {
  return character === undefined || /\s/.test(character);
}

function systemHostsFile(): string {
  if (process.platform !== "win32") return "/etc/hosts";
  return join(process.env.SystemRoot ?? "C:\\Windows", "System32", "drivers", "etc", "hosts");
}
