/**
 * What the tools of one server looked like in earlier runs, as keyed digests in a small file: a
 * definition that is changed between two runs is told like one that changes within a run. One command
 * may be started for several accounts, which the environment tells apart and whose tools differ.
 */
import { createHmac } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadRootKey } from "@caum/core/machine";
import type { Configuration } from "@caum/core/settings";
import { type Fields, fieldsOf, textOf } from "../messages/fields.ts";

/** Half of a digest is enough to tell two definitions apart. */
const DIGEST_HEX = 32;
/** A quarter is enough for names and values of one environment. */
const ENVIRONMENT_HEX = 16;
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** Accounts of one command; the one used longest ago is forgotten. */
const MAX_ACCOUNTS = 8;
/** Definitions of one tool that were seen. */
const MAX_DEFINITIONS = 8;
const MAX_VOLATILE = 1_000;
/** Variables that differ from start to start; others are learnt. */
const VOLATILE =
  /^(_|pwd|oldpwd|shlvl|windowid|columns|lines|(npm|caum|ssh|tmux|xdg|dbus|vscode)_.*)$|session|_pid$|sock/i;

/** What one environment and its tools looked like. */
interface Account {
  environment: ReadonlyMap<string, string>;
  /** By the digest of a tool's name: its definitions, latest last. */
  readonly tools: Map<string, readonly string[]>;
}

/** A tool and its definition, as text that is equal for equal definitions. */
export interface ListedTool {
  readonly name: string;
  readonly definition: string;
}

export class KnownTools {
  readonly #key: Uint8Array;
  readonly #file: string;
  readonly #variables: NodeJS.ProcessEnv;
  #digested: ReadonlyMap<string, string> | undefined;
  readonly #volatile: Set<string>;
  readonly #accounts: Account[];
  #account: Account | undefined;

  /** @param server what tells this server from all others of the machine, but for its environment */
  constructor(
    { home }: Pick<Configuration, "home">,
    server: string,
    environment: NodeJS.ProcessEnv = process.env,
  ) {
    this.#key = loadRootKey({ home, env: process.env }).sessionKey("tools");
    this.#file = join(home, "tools", `${this.#digest(server)}.json`);
    this.#variables = environment;
    const { volatile, accounts } = read(this.#file);
    this.#volatile = new Set(volatile);
    this.#accounts = accounts;
  }

  /**
   * Takes in how tools are defined now.
   *
   * @returns the names of those that had other definitions in earlier runs, and never this one
   */
  changedIn(listed: readonly ListedTool[]): readonly string[] {
    const tools = listed.map(({ name, definition }) => ({
      name,
      tag: this.#digest(`name|${name}`),
      digest: this.#digest(`definition|${definition}`),
    }));
    const account = this.#accountOf(tools);
    return tools
      .filter(({ tag, digest }) => {
        const before = account.tools.get(tag) ?? [];
        const others = before.filter((one) => one !== digest);
        account.tools.set(tag, [...others.slice(1 - MAX_DEFINITIONS), digest]);
        return before.length > 0 && others.length === before.length;
      })
      .map(({ name }) => name);
  }

  /** A home that cannot be written costs the memory of the next run, nothing else. */
  save(): void {
    try {
      mkdirSync(dirname(this.#file), { recursive: true, mode: FOLDER_MODE });
      const accounts = this.#accounts.map(({ environment, tools }) => ({
        environment: Object.fromEntries(environment),
        tools: Object.fromEntries(tools),
      }));
      const text = JSON.stringify({ volatile: [...this.#volatile], accounts });
      const draft = `${this.#file}.${process.pid}`;
      writeFileSync(draft, text, { mode: FILE_MODE });
      renameSync(draft, this.#file);
    } catch {
      // Told already by whoever writes the records.
    }
  }

  /** The account of this run; decided when its tools are seen first. */
  #accountOf(tools: readonly { readonly tag: string; readonly digest: string }[]): Account {
    if (this.#account) return this.#account;
    let account = this.#accounts.find((one) => this.#differences(one).length === 0);
    if (!account) {
      account = this.#accounts.find((one) => isDefinedAlike(one, tools));
      // Another environment with the same tools: what differs in it does not matter to them.
      for (const name of account ? this.#differences(account) : []) {
        if (this.#volatile.size < MAX_VOLATILE) this.#volatile.add(name);
      }
    }
    account ??= { environment: this.#environment, tools: new Map() };
    account.environment = this.#environment;
    this.#accounts.splice(0, Infinity, ...this.#accounts.filter((one) => one !== account));
    this.#accounts.splice(0, this.#accounts.length + 1 - MAX_ACCOUNTS);
    this.#accounts.push(account);
    this.#account = account;
    return account;
  }

  /** Worked out when tools are seen, which many short runs never do. */
  get #environment(): ReadonlyMap<string, string> {
    this.#digested ??= new Map(
      Object.entries(this.#variables)
        .filter(([name]) => !VOLATILE.test(name))
        .map(([name, value]) => [
          this.#digest(`env|${name}`, ENVIRONMENT_HEX),
          this.#digest(`env|${name}|${value}`, ENVIRONMENT_HEX),
        ]),
    );
    return this.#digested;
  }

  #differences({ environment }: Account): readonly string[] {
    const names = new Set([...environment.keys(), ...this.#environment.keys()]);
    return [...names].filter(
      (name) => !this.#volatile.has(name) && environment.get(name) !== this.#environment.get(name),
    );
  }

  #digest(text: string, length = DIGEST_HEX): string {
    return createHmac("sha256", this.#key).update(text).digest("hex").slice(0, length);
  }
}

/** Whether the tools that an account knows are defined as it knows them. */
function isDefinedAlike(
  account: Account,
  tools: readonly { readonly tag: string; readonly digest: string }[],
): boolean {
  const known = tools.filter(({ tag }) => account.tools.has(tag));
  return (
    known.length > 0 && known.every(({ tag, digest }) => account.tools.get(tag)?.includes(digest))
  );
}

function read(file: string): { volatile: readonly string[]; accounts: Account[] } {
  try {
    const fields = fieldsOf(JSON.parse(readFileSync(file, "utf8"))) ?? {};
    return {
      volatile: listOf(fields.volatile).filter((name) => typeof name === "string"),
      accounts: listOf(fields.accounts).flatMap((account) => accountOf(fieldsOf(account))),
    };
  } catch {
    return { volatile: [], accounts: [] };
  }
}

function accountOf(fields: Fields | undefined): readonly Account[] {
  const environment = fieldsOf(fields?.environment);
  const tools = fieldsOf(fields?.tools);
  if (!environment || !tools) return [];
  const texts = (value: unknown) => listOf(value).filter((text) => typeof text === "string");
  return [
    {
      environment: new Map(
        Object.entries(environment).map(([name, value]) => [name, textOf(value) ?? ""]),
      ),
      tools: new Map(Object.entries(tools).map(([tag, digests]) => [tag, texts(digests)])),
    },
  ];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
