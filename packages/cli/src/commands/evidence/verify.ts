import type { Command } from "commander";
import type { VerifyFlags } from "../../evidence/run-verify.ts";
import { collect, jsonOption } from "../../options/declare.ts";

export function registerVerify(program: Command): void {
  program
    .command("verify")
    .description("check a bundle or a local run offline: intact or altered, and where")
    .argument(
      "<bundle>",
      "folder, .tar, .tar.gz or .zip; all sessions (caum export --all); an evidence pack (.json)",
    )
    .option("--key <vkey>", "verifier key that must have signed (repeatable)", collect)
    .option("--policy <file>", "fail (6) unless it is signed as this says: logs, witnesses, quorum")
    .option(
      "--timestamp-authority <pem>",
      "fail (6) unless it stamped the time of all records: its certificate or root (repeatable)",
      collect,
    )
    .option("--content <file>", "fail (13) unless it is the arguments or the result of a call")
    .option("--disclosure <file>", "the key for that, which caum disclose printed")
    .option("--require-closed", "fail (10) unless the session is closed")
    .option("--require-complete", "fail (11) when records were deleted")
    .option("--expect-size <n>", "number of records known from elsewhere")
    .option("--expect-root <hex>", "root at that size, or of all records, known from elsewhere")
    .option("--session <id>", "fail (1) unless it is of this session")
    .option("--origin <text>", "fail (1) unless its tree begins so: key name[/tenant[/...]]")
    .option("--head <file>", "checkpoint of the log that was kept from before: fail (5) on a fork")
    .addOption(jsonOption())
    .addHelpText("after", EXIT_CODES)
    .action(async (path: string, flags: VerifyFlags) => {
      // Loaded when it runs, so that no command pays for another.
      const { runVerify } = await import("../../evidence/run-verify.ts");
      await runVerify(path, flags);
    });
}

const EXIT_CODES = `
examples:
  caum verify bundle --key VKEY               what caum export prints at its end
  caum verify ~/.caum/runs/RUN --key "$(caum keys | head -1)"

exit codes: 0 ok, 1 tampered, 2 usage, 3 malformed, 4 incomplete, 5 forked,
            6 untrusted, or not signed or stamped as --policy and --timestamp-authority say,
            10 not closed (--require-closed), 11 records deleted (--require-complete),
            12 records after the last signature, which anybody could have added,
            13 no call of it has the --content`;
