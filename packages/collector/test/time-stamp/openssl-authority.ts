/** A real time-stamp authority: OpenSSL behind a server on loopback. */
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
if (!hasOpenssl) console.warn("openssl is missing: time-stamps are NOT tested on this machine");

export interface SignerChoice {
  /** What openssl takes for `extendedKeyUsage`; undefined leaves it out. */
  readonly usage?: string | undefined;
  readonly key?: "ec" | "rsa";
  /** Milliseconds since 1970. */
  readonly startMs?: number;
  readonly endMs?: number;
}

/** Then names and signatures alone say who issued what: all authorities here have the same names. */
const WITHOUT_KEY_IDS = "subjectKeyIdentifier=none\nauthorityKeyIdentifier=none\n";

/** Files and keys of one authority: a root, a certificate between, and signers. */
export class OpensslAuthority {
  readonly folder = mkdtempSync(join(tmpdir(), "caum-authority-"));
  #serial = 0;

  static async open(signer: SignerChoice = {}): Promise<OpensslAuthority> {
    const authority = new OpensslAuthority();
    await authority.#make();
    await authority.newSigner("signer", signer);
    return authority;
  }

  /** The root alone, in PEM form. */
  get root(): string {
    return readFileSync(this.#at("root.pem"), "utf8");
  }

  certificate(name = "signer"): string {
    return readFileSync(this.#at(`${name}.pem`), "utf8");
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async newSigner(name: string, choice: SignerChoice): Promise<void> {
    const { usage = "critical,timeStamping", key = "ec" } = choice;
    const { startMs = Date.now() - 86_400_000, endMs = Date.now() + 86_400_000 } = choice;
    await this.#newKey(name, key);
    const extensions = `basicConstraints=critical,CA:FALSE\n${
      usage === "" ? "" : `extendedKeyUsage=${usage}\n`
    }${WITHOUT_KEY_IDS}`;
    await this.#issue({ name, by: "between", extensions, startMs, endMs });
  }

  /** What the authority answers to a query. */
  async reply(query: Buffer, signer = "signer", policy = "1.2.3.4"): Promise<Buffer> {
    const place = mkdtempSync(join(this.folder, "reply-"));
    const at = (name: string) => join(place, name);
    writeFileSync(at("query"), query);
    writeFileSync(at("serial"), "01");
    writeFileSync(at("conf"), this.#tsaSection(at("serial"), signer, policy));
    const words = ["ts", "-reply", "-config", at("conf"), "-section", "tsa"];
    await run("openssl", [...words, "-queryfile", at("query"), "-out", at("reply")]);
    return readFileSync(at("reply"));
  }

  /** A token over what another one says, signed with any certificate, as openssl itself would refuse to. */
  async signedAgain(info: Buffer, signer: string, isNamed = true): Promise<Buffer> {
    writeFileSync(this.#at("info"), info);
    const type = ["-econtent_type", "1.2.840.113549.1.9.16.1.4", "-binary", "-nodetach"];
    const by = ["-signer", this.#at(`${signer}.pem`), "-inkey", this.#at(`${signer}.key`)];
    const out = ["-outform", "DER", "-out", this.#at("cms"), "-md", "sha256"];
    const with_ = ["-certfile", this.#at("between.pem"), "-nosmimecap"];
    const named = isNamed ? ["-cades"] : [];
    const words = [...type, ...by, ...out, ...with_, ...named];
    await this.#openssl("cms", "-sign", "-in", this.#at("info"), ...words);
    return derSequence(Buffer.from("3003020100", "hex"), readFileSync(this.#at("cms")));
  }

  async #make(): Promise<void> {
    const endMs = Date.now() + 10 * 86_400_000;
    const startMs = Date.now() - 10 * 86_400_000;
    const extensions =
      "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n" +
      WITHOUT_KEY_IDS;
    await this.#newKey("root", "ed25519");
    await this.#issue({ name: "root", by: "root", extensions, startMs, endMs });
    await this.#newKey("between", "rsa");
    await this.#issue({ name: "between", by: "root", extensions, startMs, endMs });
  }

  async #issue(of: {
    readonly name: string;
    readonly by: string;
    readonly extensions: string;
    readonly startMs: number;
    readonly endMs: number;
  }): Promise<void> {
    const { name, by, extensions } = of;
    this.#serial += 1;
    const folder = this.#at(`ca-${this.#serial}`);
    mkdirSync(folder);
    writeFileSync(join(folder, "index"), "");
    writeFileSync(join(folder, "serial"), String(1_000 + this.#serial));
    writeFileSync(join(folder, "extensions"), extensions);
    writeFileSync(
      join(folder, "conf"),
      `[ca]\ndefault_ca=own\n[own]\ndatabase=${folder}/index\nserial=${folder}/serial\n` +
        `new_certs_dir=${folder}\npolicy=any\ndefault_md=${by === "root" ? "default" : "sha256"}\n` +
        "[any]\ncommonName=supplied\n[req]\ndistinguished_name=dn\nprompt=no\n[dn]\n" +
        `commonName=Test ${name}\n`,
    );
    const [key, request] = [this.#at(`${name}.key`), join(folder, "request")];
    const conf = join(folder, "conf");
    await this.#openssl("req", "-new", "-config", conf, "-key", key, "-out", request);
    const issuer = name === by ? ["-selfsign"] : ["-cert", this.#at(`${by}.pem`)];
    const dates = ["-startdate", utc(of.startMs), "-enddate", utc(of.endMs)];
    const signing = ["-keyfile", this.#at(`${by}.key`), ...issuer, ...dates];
    const files = ["-in", request, "-out", this.#at(`${name}.pem`), "-notext"];
    const with_ = ["-extfile", join(folder, "extensions"), "-batch"];
    await this.#openssl("ca", "-config", conf, ...signing, ...files, ...with_);
  }

  async #newKey(name: string, kind: "ec" | "rsa" | "ed25519"): Promise<void> {
    const options = {
      ec: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
      rsa: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
      ed25519: ["-algorithm", "ED25519"],
    }[kind];
    await this.#openssl("genpkey", ...options, "-out", this.#at(`${name}.key`));
  }

  #tsaSection(serial: string, signer: string, policy: string): string {
    return (
      `[tsa]\nserial=${serial}\nsigner_cert=${this.#at(`${signer}.pem`)}\n` +
      `signer_key=${this.#at(`${signer}.key`)}\ncerts=${this.#at("between.pem")}\n` +
      `default_policy=${policy}\ndigests=sha256\nsigner_digest=sha256\n` +
      "ess_cert_id_alg=sha256\naccuracy=secs:1, millisecs:500\nordering=yes\n"
    );
  }

  #at(name: string): string {
    return join(this.folder, name);
  }

  async #openssl(...words: readonly string[]): Promise<void> {
    await run("openssl", [...words]);
  }
}

function utc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-T:]/g, "")}Z`;
}

/** SEQUENCE of parts that are DER already. */
function derSequence(...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length);
  return Buffer.concat([Buffer.from([0x30, 0x82]), length, body]);
}

export interface ServedAuthority {
  readonly url: string;
  /** Queries so far, as they came. */
  readonly queries: readonly Buffer[];
  close(): Promise<void>;
}

/** Serves an authority on loopback. @param answer makes the body of the answer from the query */
export async function serveAuthority(
  answer: (query: Buffer) => Promise<Buffer> | Buffer,
  status = 200,
): Promise<ServedAuthority> {
  const queries: Buffer[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const query = Buffer.concat(parts);
    queries.push(query);
    response.writeHead(status, { "content-type": "application/timestamp-reply" });
    response.end(await answer(query));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    url: `http://127.0.0.1:${port}/tsa`,
    queries,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
