/** A raw server: answers every line at once with its id and as many bytes as it was told. */
const FILLER = Buffer.alloc(1024 * 1024, "x");
let rest = "";

process.stdin.setEncoding("latin1");
process.stdin.on("data", (chunk) => {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  for (const line of lines) answer(line);
});
process.stdin.on("end", () => process.exit(0));

function answer(line) {
  const id = /"id":(\d+)/.exec(line.slice(-64) + line.slice(0, 64))?.[1];
  if (id === undefined) return;
  const size = Number(/"reply":(\d+)/.exec(line.slice(0, 256))?.[1] ?? 2);
  const head = '{"result":{"content":[{"type":"text","text":"';
  const tail = `"}]},"jsonrpc":"2.0","id":${id}}\n`;
  if (size <= FILLER.length) {
    process.stdout.write(head + FILLER.toString("latin1", 0, size) + tail);
    return;
  }
  process.stdout.write(head);
  for (let left = size; left > 0; left -= FILLER.length) {
    process.stdout.write(FILLER.subarray(0, Math.min(left, FILLER.length)));
  }
  process.stdout.write(tail);
}
