import { describe, expect, test } from "vitest";
import { AllowList } from "../../src/alerts/guard/allow-list.ts";
import { DestinationError, DestinationGuard } from "../../src/alerts/guard/destination.ts";
import { isPublicAddress } from "../../src/alerts/guard/public-address.ts";

const closed = new DestinationGuard(new AllowList(), async () => ["93.184.215.14"]);

function faultOf(read: () => unknown): string {
  try {
    read();
    return "none";
  } catch (failure) {
    return failure instanceof DestinationError ? failure.fault : "other";
  }
}

async function checkFault(guard: DestinationGuard, destination: string): Promise<string> {
  return guard.check(destination).then(
    () => "none",
    (failure: unknown) => (failure instanceof DestinationError ? failure.fault : "other"),
  );
}

describe("addresses", () => {
  const INSIDE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:93.184.215.14",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:0:53aa:64c:0:0:f5ff:fffe",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1%eth0",
    "fec0::1",
    "ff02::1",
    "",
    "localhost",
    "1.2.3",
  ];
  test.each(INSIDE)("%s is not public", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  const PUBLIC = [
    "1.1.1.1",
    "93.184.215.14",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2001:4860:4860::8888",
    "2a00:1450:4001:81b::200e",
  ];
  test.each(PUBLIC)("%s is public", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe("spellings", () => {
  const INSIDE = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://0x7f.0.0.1/",
    "https://0x7f000001/",
    "https://127.0.0.1./",
    "https://１２７.０.０.１/",
    "https://127。0。0。1/",
    "https://①②⑦.⓪.⓪.①/",
    "https://169.254.169.254/latest/meta-data/",
    "https://2852039166/",
    "https://0xa9fea9fe/",
    "https://0251.0376.0251.0376/",
    "https://[::1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://[0:0:0:0:0:ffff:7f00:1]/",
    "https://[64:ff9b::169.254.169.254]/",
    "https://[2002:a9fe:a9fe::]/",
    "https://[fe80::1]/",
    "https://[fd00:ec2::254]/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://app.localhost/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://metadata/",
    "https://1.0.0.127.in-addr.arpa/",
    "https:\\\\127.0.0.1\\",
    "https:/127.0.0.1/",
    " https://127.0.0.1/ ",
    "https://127.0.0.1:443\t/",
  ];
  test.each(INSIDE)("%j is refused", (destination) => {
    expect(faultOf(() => closed.read(destination))).toBe("not_public");
  });

  const MALFORMED = [
    "",
    "example.com",
    "//example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "javascript:alert(1)",
    "https://",
    "https://[fe80::1%25eth0]/",
    "https://example.com:99999/",
    "https://exa mple.com/",
    "https://256.256.256.256/",
  ];
  test.each(MALFORMED)("%j is no destination", (destination) => {
    expect(faultOf(() => closed.read(destination))).toBe("malformed");
  });

  test("a user in front of the host is refused, whichever is the host", () => {
    expect(faultOf(() => closed.read("https://example.com@127.0.0.1/"))).toBe("credentials");
    expect(faultOf(() => closed.read("https://127.0.0.1@example.com/"))).toBe("credentials");
    expect(faultOf(() => closed.read("https://user:pass@example.com/"))).toBe("credentials");
  });

  test("plain http is refused", () => {
    expect(faultOf(() => closed.read("http://example.com/"))).toBe("not_https");
  });

  test("a public name over https is taken", async () => {
    await expect(closed.check("https://hooks.example.com/x?y=1")).resolves.toMatchObject({
      addresses: ["93.184.215.14"],
    });
    await expect(closed.check("https://[2606:4700:4700::1111]:8443/")).resolves.toMatchObject({
      addresses: ["2606:4700:4700::1111"],
    });
  });
});

describe("answers of name servers", () => {
  const answering = (...addresses: string[]) =>
    new DestinationGuard(new AllowList(), async () => addresses);

  test("one address inside refuses the whole answer", async () => {
    const url = "https://mixed.example.com/";
    expect(await checkFault(answering("93.184.215.14", "10.0.0.1"), url)).toBe("not_public");
    expect(await checkFault(answering("93.184.215.14", "::1"), url)).toBe("not_public");
    expect(await checkFault(answering("::ffff:10.0.0.1"), url)).toBe("not_public");
    expect(await checkFault(answering("64:ff9b::a00:1"), url)).toBe("not_public");
  });

  test("an answer that changes is found out at the next attempt", async () => {
    const answers = [["93.184.215.14"], ["169.254.169.254"]];
    const guard = new DestinationGuard(new AllowList(), async () => answers.shift() ?? []);
    const url = "https://rebinding.example.com/";
    expect(await checkFault(guard, url)).toBe("none");
    expect(await checkFault(guard, url)).toBe("not_public");
  });

  test("a name without an address, or a resolver that fails, is no address", async () => {
    expect(await checkFault(answering(), "https://gone.example.com/")).toBe("unresolved");
    const failing = new DestinationGuard(new AllowList(), async () => {
      throw new Error("SERVFAIL");
    });
    expect(await checkFault(failing, "https://gone.example.com/")).toBe("unresolved");
  });
});

describe("what the operator allows", () => {
  const guard = new DestinationGuard(
    new AllowList(["127.0.0.1:8080", "hooks.internal", "[::1]:9000", "Alerts.Example.com"]),
    async () => ["10.0.0.5"],
  );

  test("is reached over http and inside", async () => {
    for (const url of [
      "http://127.0.0.1:8080/x",
      "http://2130706433:8080/",
      "http://hooks.internal/",
      "https://hooks.internal:8443/",
      "http://[::1]:9000/",
      "https://alerts.example.com./",
    ]) {
      expect(await checkFault(guard, url)).toBe("none");
    }
  });

  test("is that host and that port, and nothing beside it", () => {
    for (const url of [
      "https://127.0.0.1/",
      "https://127.0.0.1:8081/",
      "https://127.0.0.2:8080/",
      "https://[::1]/",
      "https://x.hooks.internal/",
      "https://hooks.internal.localhost/",
    ]) {
      expect(faultOf(() => guard.read(url))).toBe("not_public");
    }
    expect(faultOf(() => guard.read("https://hooks.internal@169.254.169.254/"))).toBe(
      "credentials",
    );
  });

  test("is host or host:port; anything else stops the start", () => {
    for (const entry of ["http://x", "x/y", "user@x", "a:b", "", "10.0.0.0/8"]) {
      expect(() => new AllowList([entry])).toThrow("host:port");
    }
  });
});
