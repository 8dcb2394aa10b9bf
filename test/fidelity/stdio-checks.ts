/** What must pass over stdio unchanged: name, what is sent, what must arrive. */

export interface StdioCheck {
  readonly name: string;
  /** What the raw server does with its input. */
  readonly server: readonly string[];
  readonly send: () => Iterable<Buffer>;
  readonly code?: number;
  readonly signal?: string;
  readonly stderr?: string;
}

const MIB = 1024 * 1024;

function json(message: unknown, ending = "\n"): Buffer {
  return Buffer.from(JSON.stringify(message) + ending);
}

function echoed(name: string, ...chunks: readonly Buffer[]): StdioCheck {
  return { name, server: ["echo"], send: () => chunks };
}

const utf8 = Buffer.from('{"jsonrpc":"2.0","id":1,"method":"é€🦊"}\n');
const call = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "x", arguments: {} } };

/** Messages of both directions: the raw server sends back what it gets. */
const MESSAGES: readonly StdioCheck[] = [
  echoed("a request", json(call)),
  echoed("split UTF-8", ...Array.from(utf8, (byte) => Buffer.of(byte))),
  echoed("CRLF line ends", json(call, "\r\n"), json(call, "\r\n")),
  echoed("blank lines", Buffer.from("\n\n"), json(call), Buffer.from("\n \n\t\n")),
  echoed("lines that are not JSON", Buffer.from("Starting server ...\n{oops\n[1,2\nnull\n3\n")),
  echoed("a batch", json([call, { jsonrpc: "2.0", method: "notifications/x" }, 7, null])),
  echoed("an empty batch and nested ones", json([]), json([[[]]])),
  echoed("invalid UTF-8", Buffer.from([0xff, 0xfe, 0x7b, 0xc3, 0x28, 0x0a, 0x80, 0x0a])),
  echoed("lone surrogates", Buffer.from('{"id":"\\ud800","method":"\\udfff"}\n')),
  echoed("NUL and control bytes", Buffer.from([0, 1, 2, 27, 0x0a, 0, 0x0a])),
  echoed("big integers", Buffer.from('{"jsonrpc":"2.0","id":12345678901234567890123,"x":1e400}\n')),
  echoed(
    "member order and spaces",
    Buffer.from('{ "id" : 1.0 , "jsonrpc":"2.0",\t"result":{ } }\n'),
  ),
  echoed("duplicate members", Buffer.from('{"id":1,"id":2,"method":"a","method":"b"}\n')),
  echoed("unknown methods", json({ jsonrpc: "2.0", id: "a", method: "vendor/новое", params: [1] })),
  echoed("unknown members", json({ ...call, vendor: { deep: [1] }, result: 1, error: 2 })),
  echoed("a request of the server", json({ jsonrpc: "2.0", id: 5, method: "roots/list" })),
  echoed("sampling and elicitation", json({ id: 1, method: "sampling/createMessage", params: {} })),
  echoed("notifications", json({ jsonrpc: "2.0", method: "notifications/progress", params: {} })),
  echoed("cancellation", json({ method: "notifications/cancelled", params: { requestId: 1 } })),
  echoed("input_required", json({ id: 1, result: { resultType: "input_required" } })),
  echoed("error data", json({ id: 1, error: { code: -32602, message: "x", data: { a: [1] } } })),
  echoed("ids of every kind", ...[0, -1, 1.5, "", "1", null].map((id) => json({ ...call, id }))),
  echoed("the same id twice", json(call), json(call)),
  echoed("trailing bytes without a newline", json(call), Buffer.from('{"cut":')),
  echoed("deep nesting", Buffer.from(`${"[".repeat(20_000)}${"]".repeat(20_000)}\n`)),
  echoed("__proto__ members", Buffer.from('{"__proto__":{"method":"x"},"constructor":1,"id":1}\n')),
  echoed("nothing at all"),
];

const LONG: readonly StdioCheck[] = [
  echoed("a line of 64 KiB", Buffer.concat([Buffer.alloc(64 * 1024, "a"), Buffer.from("\n")])),
  {
    name: "a line of 12 MiB in both directions",
    server: ["echo"],
    send: () => [Buffer.alloc(12 * MIB, "{"), Buffer.from("\n")],
  },
  { name: "a line of 100 MiB to the server", server: ["sink"], send: () => hundredMib() },
  {
    name: "many small lines at once",
    server: ["echo"],
    send: () => [Buffer.concat(Array.from({ length: 20_000 }, (_, id) => json({ ...call, id })))],
  },
];

function* hundredMib(): Generator<Buffer> {
  for (let mib = 0; mib < 100; mib++) yield Buffer.alloc(MIB, 97 + (mib % 26));
  yield Buffer.from("\n");
}

const ENDS: readonly StdioCheck[] = [
  { name: "the exit code", server: ["exit", "42"], send: () => [], code: 42 },
  { name: "death by a signal", server: ["signal", "SIGTERM"], send: () => [], signal: "SIGTERM" },
  { name: "a kill", server: ["signal", "SIGKILL"], send: () => [], signal: "SIGKILL" },
  { name: "a crash", server: ["signal", "SIGABRT"], send: () => [], signal: "SIGABRT" },
  {
    name: "stderr",
    server: ["stderr", "c3a9fe0a"],
    send: () => [],
    stderr: "\u00c3\u00a9\u00fe\n",
  },
  { name: "the end of the input", server: ["answer-at-end"], send: () => [json(call)] },
  {
    name: "the end of the output before the exit",
    server: ["half-close", "50"],
    send: () => [],
    code: 5,
  },
  { name: "words that look like options", server: ["surroundings", "--", "-v"], send: () => [] },
];

export const STDIO_CHECKS: readonly StdioCheck[] = [...MESSAGES, ...LONG, ...ENDS];

/** Bytes that have every kind of line in them, for splitting at random. */
export const MIXED_BYTES = Buffer.concat([
  ...MESSAGES.filter((check) => check.name !== "deep nesting").flatMap((check) => [
    ...check.send(),
  ]),
  Buffer.from("\n"),
]);
