/** Says how much memory the process has used at most, in bytes. */
process.on("exit", () => {
  process.stderr.write(`peak ${process.resourceUsage().maxRSS * 1_024}\n`);
});
