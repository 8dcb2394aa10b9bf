/** What is set in the shell of whoever runs the tests decides nothing in them. */
for (const name of ["HOME", "URL", "API_KEY", "DATABASE", "PROTOCOL", "VERIFIER_KEY", "DRY_RUN"]
  .concat([
    "AGENT_ID",
    "SESSION_ID",
    "HASH_NAMES",
    "SIGNING_KEY",
    "DIGEST_KEY",
    "FIRST_KEY",
    "QUIET",
  ])
  .concat(["PORT", "HOST", "DATA", "DEMO", "REGISTER", "PUBLIC_URL", "RATE_LIMIT", "TRIAL_DAYS"])
  .concat(["WITHOUT_TRIALS", "ALLOW_DESTINATIONS", "ALLOW_ORIGINS", "UPGRADE_URL", "TRACES"])) {
  delete process.env[`CAUM_${name}`];
}

/** Tests of loops must not tell whoever sits at this machine; those that want to say so. */
process.env.CAUM_DESKTOP = "0";
