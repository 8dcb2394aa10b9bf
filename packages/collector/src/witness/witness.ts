/** A witness: one process, one folder, one key (C2SP tlog-witness). */
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { closeServer } from "../operation/close-server.ts";
import { startFault } from "../start-fault.ts";
import { type FolderLock, lockFolder } from "../store/sqlite/folder-lock.ts";
import { RateLimit } from "../tenants/rate-limit.ts";
import { LogKeys } from "./log-keys.ts";
import { DamagedMemoryError, hasMemory, WitnessMemory } from "./memory.ts";
import { hasWitnessKey, KEY_FILE, loadWitnessKey } from "./witness-key.ts";
import { buildWitnessServer, type WitnessEvent } from "./witness-server.ts";

export interface WitnessOptions {
  /** The data folder; made when it is not there. */
  readonly data: string;
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** The name of its key, when it has none yet; made from the key when absent. */
  readonly name?: string | undefined;
  /** Verifier keys of the logs that it witnesses, or of collectors: those know all of their logs. */
  readonly logs: readonly string[];
  readonly clock?: (() => number) | undefined;
  readonly onEvent?: ((event: WitnessEvent) => void) | undefined;
}

export interface Witness {
  readonly url: string;
  readonly data: string;
  /** The key that its cosignatures are checked with. */
  readonly verifierKey: string;
  /** Names of the keys that it knows: of logs, or of collectors with all their logs. */
  readonly keys: readonly string[];
  /** The logs that it has cosigned, and up to which size. */
  readonly seen: readonly { readonly origin: string; readonly size: number }[];
  close(): Promise<void>;
}

/** A log asks at most once a second; some may share an address. */
const REQUESTS_PER_SECOND = 20;
const REQUEST_BURST = 200;

/**
 * Starts a witness and resolves when it is ready.
 *
 * @throws {FolderInUseError} when another process has the folder
 * @throws {DamagedMemoryError} when what it remembers is damaged, or its key is gone
 * @throws {Error} when a setting cannot be used; whatever listening throws
 */
export async function startWitness(options: WitnessOptions): Promise<Witness> {
  const data = resolve(options.data);
  const logs = new LogKeys(options.logs);
  if (logs.names.length === 0)
    throw new Error("it has no log to witness: name the key of one with --log");
  try {
    mkdirSync(data, { recursive: true, mode: 0o700 });
    const lock = lockFolder(data);
    try {
      return await start(options, { data, logs, lock });
    } catch (failure) {
      lock.release();
      throw failure;
    }
  } catch (failure) {
    throw startFault(failure, data);
  }
}

interface Place {
  readonly data: string;
  readonly logs: LogKeys;
  readonly lock: FolderLock;
}

async function start(options: WitnessOptions, { data, logs, lock }: Place): Promise<Witness> {
  const { host, port, clock = Date.now } = options;
  if (hasMemory(data) && !hasWitnessKey(data)) {
    throw new DamagedMemoryError(
      `${KEY_FILE} is gone, and what was cosigned with it is still there`,
    );
  }
  const signer = loadWitnessKey(data, options.name);
  const memory = WitnessMemory.open(data, signer);
  const limit = new RateLimit(REQUESTS_PER_SECOND, REQUEST_BURST, clock);
  const onEvent = options.onEvent ?? (() => {});
  const app = buildWitnessServer({ memory, logs, limit, clock, onEvent });
  const url = await app.listen({ host, port });
  return {
    url,
    data,
    verifierKey: signer.cosignerKey,
    keys: logs.names,
    seen: memory.all.map(({ origin, size }) => ({ origin, size })),
    async close() {
      await closeServer(app);
      lock.release();
    },
  };
}
