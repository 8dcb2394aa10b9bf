/** Way B: say what each tool call was. The content is digested in memory and gone. */
import assert from "node:assert/strict";
import * as caum from "caum";

caum.init(); // the key, or CAUM_API_KEY; without one everything stays on this machine

const first = caum.observe("three-ways-manual", { tool: "bash", content: "pytest tests/" });
const second = caum.observe("three-ways-manual", { tool: "edit", content: "Fixed the bug" });
const result = await caum.end("three-ways-manual", { resolved: true });

console.log(first.regime, first.uds, first.observation);
console.log(result.tier); // T1-T5
await caum.flush();

assert.equal(first.regime, "WARMING_UP");
assert.equal(second.alert_fired, false);
assert.match(result.tier, /^T[1-5]$/);
assert.equal(result.total_steps, 2);
