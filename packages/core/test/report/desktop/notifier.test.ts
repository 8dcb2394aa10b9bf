import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { notifierCommand, notifyDesktop } from "../../../src/report/desktop/notifier.ts";

const HOSTILE = "`x`; touch /tmp/no $(id) \"q\" 'q' <b>b</b> & %PATH% \u202e\u0007";

function folderWith(name: string, script = "#!/bin/sh\n"): string {
  const folder = mkdtempSync(join(tmpdir(), "caum-notify-"));
  writeFileSync(join(folder, name), script);
  chmodSync(join(folder, name), 0o755);
  return folder;
}

test("what strangers chose is one argument, without markup and without what cannot be seen", async () => {
  const folder = folderWith("notify-send", '#!/bin/sh\nprintf "%s\\n" "$@" > "$0.seen"\n');
  const command = notifierCommand("linux", { PATH: folder });
  const outcome = await notifyDesktop({ title: "CAUM", text: `${HOSTILE}\nmore` }, command);
  expect(outcome).toBe("shown");
  expect(readFileSync(join(folder, "notify-send.seen"), "utf8").split("\n")).toEqual([
    "--app-name=CAUM",
    "--",
    "CAUM",
    "`x`; touch /tmp/no $(id) \"q\" 'q'  b b /b    %PATH%  ",
    "more",
    "",
  ]);
});

test("osascript gets the texts as arguments of a script that never changes", () => {
  const command = notifierCommand("darwin", { PATH: folderWith("osascript") });
  const words = command?.words({ title: "CAUM", text: HOSTILE });
  expect(words?.filter((word) => word.includes("touch"))).toEqual([HOSTILE]);
  expect(words?.slice(-2)).toEqual(["CAUM", HOSTILE]);
});

test("PowerShell gets the texts as variables, and one script whatever they are", () => {
  const command = notifierCommand("win32", { PATH: folderWith("powershell.exe") });
  const one = { title: "CAUM", text: HOSTILE };
  expect(command?.words(one)).toEqual(command?.words({ title: "a", text: "b" }));
  expect(command?.variables(one)).toEqual({ CAUM_NOTICE_TITLE: "CAUM", CAUM_NOTICE_TEXT: HOSTILE });
  const script = Buffer.from(command?.words(one).at(-1) ?? "", "base64").toString("utf16le");
  expect(script).toContain("CreateTextNode($env:CAUM_NOTICE_TEXT)");
});

test("without the command, and with one that fails, nothing is thrown", async () => {
  expect(notifierCommand("linux", { PATH: "/nowhere:relative" })).toBeUndefined();
  expect(await notifyDesktop({ title: "a", text: "b" }, undefined)).toBeTypeOf("string");
  const failing = notifierCommand("linux", {
    PATH: folderWith("notify-send", "#!/bin/sh\nexit 1\n"),
  });
  expect(await notifyDesktop({ title: "a", text: "b" }, failing)).toBe("failed");
  const broken = notifierCommand("linux", { PATH: folderWith("notify-send", "#!/nowhere\n") });
  expect(await notifyDesktop({ title: "a", text: "b" }, broken)).toBe("failed");
});
