/**
 * A raw server: answers every line at once with its id and as many bytes as it was told, as one text or,
 * where the line asks for `structured`, as a list of small records.
 */
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
  const start = line.slice(0, 256);
  const size = Number(/"reply":(\d+)/.exec(start)?.[1] ?? 2);
  if (start.includes('"text":"structured"')) {
    process.stdout.write(`${structured(size)},"jsonrpc":"2.0","id":${id}}\n`);
    return;
  }
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

let made = { size: 0, text: "" };

function structured(size) {
  if (made.size === size) return made.text;
  const records = [];
  for (let at = 0, length = 0; length < size; at++) {
    records.push(
      JSON.stringify({ at, name: `file-${at}.txt`, sizes: [at, 7], isNew: at % 2 === 0 }),
    );
    length += records.at(-1).length + 1;
  }
  made = { size, text: `{"result":{"content":[],"structuredContent":{"files":[${records}]}}` };
  return made.text;
}
