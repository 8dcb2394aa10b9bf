/** A value that tries to be noticed, and how often code of it ran. */
export interface HostileValue {
  readonly value: unknown;
  readonly calls: () => number;
}

function counting(build: (count: () => never) => unknown): () => HostileValue {
  return () => {
    let calls = 0;
    const value = build(() => {
      calls += 1;
      throw new Error("code of the host ran");
    });
    return { value, calls: () => calls };
  };
}

const inert = (make: () => unknown) => () => ({ value: make(), calls: () => 0 });

/** A Proxy of which every trap throws. */
function trapped(target: object, count: () => never): object {
  return new Proxy(target, {
    get: count,
    has: count,
    ownKeys: count,
    getPrototypeOf: count,
    getOwnPropertyDescriptor: count,
  });
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

export const hostileValues: Readonly<Record<string, () => HostileValue>> = {
  getter: counting((count) => ({
    get secret() {
      return count();
    },
  })),
  "getter on a list": counting((count) => Object.defineProperty([1], 0, { get: count })),
  toJSON: counting((count) => ({ toJSON: count, toString: count, valueOf: count })),
  "toJSON of a date": counting((count) =>
    Object.assign(new Date(0), { toJSON: count, toISOString: count }),
  ),
  "symbol methods": counting((count) => ({
    [Symbol.toPrimitive]: count,
    [Symbol.iterator]: count,
    get [Symbol.toStringTag]() {
      return count();
    },
  })),
  proxy: counting((count) => trapped({}, count)),
  "proxy of a list": counting((count) => trapped([], count)),
  "proxy inside": counting((count) => ({ a: [trapped({}, count)] })),
  "proxy as prototype": counting((count) => Object.create(trapped({}, count)) as object),
  "error with a proxy prototype": counting((count) =>
    Object.setPrototypeOf(new Error("x"), trapped({}, count)),
  ),
  "error with getters": counting((count) =>
    Object.defineProperties(new Error("x"), { message: { get: count }, name: { get: count } }),
  ),
  "map with its own iterator": counting((count) =>
    Object.assign(new Map([["a", 1]]), {
      entries: count,
      forEach: count,
      [Symbol.iterator]: count,
    }),
  ),
  "set with its own size": counting((count) =>
    Object.defineProperty(new Set([1]), "size", { get: count }),
  ),
  "bytes with their own length": counting((count) =>
    Object.defineProperty(new Uint8Array(4), "byteLength", { get: count }),
  ),
  "subclass of a map": counting(
    (count) =>
      new (class extends Map<string, number> {
        override entries(): never {
          return count();
        }
        override get size(): number {
          return count();
        }
      })(),
  ),
  "revoked proxy": inert(revoked),
  "revoked proxy inside": inert(() => ({ a: revoked(), b: [revoked()] })),
  "null prototype": inert(() => Object.create(null) as object),
  "list of a million": inert(() => Array.from({ length: 1_000_000 }, (_, index) => index)),
  "sparse list": inert(() => Array(4_000_000_000)),
  "long text": inert(() => "long text ".repeat(1_000_000)),
  "text of halves of pairs": inert(() => "\udc00\ud800".repeat(50_000)),
  "huge integer": inert(() => 2n ** 1_000_000n),
  "huge bytes": inert(() => new Uint8Array(20_000_000)),
  "many keys": inert(() =>
    Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`key${index}`, index])),
  ),
  "wide and deep": inert(() => {
    let value: unknown = {};
    for (let level = 0; level < 5_000; level++) value = { left: value, right: value };
    return value;
  }),
  "detached bytes": inert(() => {
    const bytes = new Uint8Array(8);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    return bytes;
  }),
  function: inert(() => () => 1),
  symbol: inert(() => Symbol("s")),
  arguments: inert(() => {
    return (function collect() {
      // biome-ignore lint/complexity/noArguments: the object itself is the value under test
      return arguments;
    })();
  }),
  "class instance": inert(
    () =>
      new (class Secret {
        readonly a = 1;
      })(),
  ),
};
