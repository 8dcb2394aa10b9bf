import { expect, test } from "vitest";
import { windowsCommand } from "../../src/stdio/process/windows-command.ts";

const env = { Path: "C:\\node;C:\\tools", PATHEXT: ".EXE;.CMD", ComSpec: "C:\\cmd.exe" };
const files = ["C:\\node\\node.EXE", "C:\\node\\npx.CMD", "C:\\tools\\uvx.EXE"];
const exists = (file: string) => files.includes(file);

test("a program is found along the path and started by itself", () => {
  expect(windowsCommand("uvx", ["a b", '"'], env, exists)).toEqual({
    file: "C:\\tools\\uvx.EXE",
    args: ["a b", '"'],
    verbatim: false,
  });
});

test("a script goes through cmd.exe, and no argument can become a command", () => {
  const { file, args, verbatim } = windowsCommand("npx", ["-y", "x & calc", "%PATH%"], env, exists);
  expect({ file, verbatim, start: args.slice(0, 3) }).toEqual({
    file: "C:\\cmd.exe",
    verbatim: true,
    start: ["/d", "/s", "/c"],
  });
  const line = args[3] ?? "";
  expect(line.startsWith('"C:\\node\\npx.CMD ')).toBe(true);
  expect(line).not.toMatch(/(^|[^^])[&%]/);
});

test("what is not found is left to the system to refuse", () => {
  expect(windowsCommand("nothing", [], env, exists).file).toBe("nothing");
});
