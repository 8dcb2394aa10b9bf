/** Runs verify.py over many bundles in one process. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { hasTool } from "../../../../test/has-tool.ts";

const VERIFIER = fileURLToPath(new URL("../../assets/verify.py", import.meta.url));

const DRIVER = `
import importlib.util, json, sys
sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location("verify", sys.argv[1])
verify = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verify)
def run(job):
    keys = [verify.Key(text) for text in dict.fromkeys(job["keys"])]
    expected = [job.get("expect" + name) for name in ("Size", "Root", "Session", "Origin")]
    return verify.Verifier(keys, *expected, job.get("now")).verify(job["path"])
print(json.dumps([run(job) for job in json.load(sys.stdin)]))
`;

export interface PythonJob {
  readonly path: string;
  readonly keys: readonly string[];
  readonly expectSize?: number;
  readonly expectRoot?: string;
  readonly expectSession?: string;
  readonly expectOrigin?: string;
  /** Seconds since 1970. */
  readonly now?: number;
}

export const hasPython = hasTool(["python3", "--version"], "verify.py against the verifier");

/** The exit code of verify.py, run as an auditor runs it. */
export function exitCodeOfPython(path: string, ...words: readonly string[]): number | null {
  return spawnSync("python3", ["-B", VERIFIER, path, ...words]).status;
}

/** What verify.py finds, per job. @throws when it fails */
export function verifyWithPython(jobs: readonly PythonJob[]): Record<string, unknown>[] {
  const { status, stdout, stderr } = spawnSync("python3", ["-c", DRIVER, VERIFIER], {
    input: JSON.stringify(jobs),
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`verify.py failed: ${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>[]; // the driver prints a list of results
}
