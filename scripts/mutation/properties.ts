/**
 * A change is noticed when a property fails: which smallest value it fails for takes long to find. Code
 * in which changes can be switched on is ten times as slow, so that fewer values are tried where they
 * take long.
 */
import fc from "fast-check";

fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  endOnFailure: true,
  numRuns: Number(process.env.MUTATION_VALUES ?? 100),
});
