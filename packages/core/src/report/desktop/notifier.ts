/**
 * Notifications of the desktop, by the system's own command. The command's words are fixed; texts go
 * in as whole arguments or variables, never as part of a script.
 */
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

export interface Notification {
  readonly title: string;
  readonly text: string;
}

/** A program that shows notifications. */
export interface NotifierCommand {
  readonly program: string;
  readonly words: (notification: Notification) => readonly string[];
  /** Variables beside those of this process. */
  readonly variables: (notification: Notification) => Readonly<Record<string, string>>;
}

export type NotifyOutcome = "shown" | "unavailable" | "failed";

/** A command that hangs, for example on a bus that does not answer, is ended. */
const TIMEOUT_MS = 5_000;
const APP = "CAUM";
const MAX_TEXT = 400;

const PROGRAMS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: "osascript",
  win32: "powershell.exe",
};

const NO_VARIABLES = () => ({});

/** What osascript runs; the texts are its arguments. */
const APPLE_SCRIPT = [
  "on run argv",
  "display notification (item 2 of argv) with title (item 1 of argv)",
  "end run",
];

/** What PowerShell runs; the texts are variables, and nodes of a document that escapes them. */
const POWERSHELL = `
$manager = [Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime]
$toast = [Windows.UI.Notifications.ToastNotification, Windows.UI.Notifications, ContentType = WindowsRuntime]
$document = $manager::GetTemplateContent([Windows.UI.Notifications.ToastTemplateType]::ToastText02)
$lines = $document.GetElementsByTagName("text")
$lines.Item(0).AppendChild($document.CreateTextNode($env:CAUM_NOTICE_TITLE)) | Out-Null
$lines.Item(1).AppendChild($document.CreateTextNode($env:CAUM_NOTICE_TEXT)) | Out-Null
$app = "{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\\WindowsPowerShell\\v1.0\\powershell.exe"
$manager::CreateToastNotifier($app).Show($toast::new($document))
`;

/** How this system shows notifications; undefined where the command is not there. */
export function notifierCommand(
  platform: NodeJS.Platform = process.platform,
  env: Environment = process.env,
): NotifierCommand | undefined {
  const program = onPath(PROGRAMS[platform] ?? "notify-send", env);
  if (program === undefined) return undefined;
  if (platform === "darwin") {
    const script = APPLE_SCRIPT.flatMap((line) => ["-e", line]);
    return {
      program,
      words: ({ title, text }) => [...script, title, text],
      variables: NO_VARIABLES,
    };
  }
  if (platform === "win32") {
    const script = Buffer.from(POWERSHELL, "utf16le").toString("base64");
    return {
      program,
      words: () => ["-NoProfile", "-NonInteractive", "-EncodedCommand", script],
      variables: ({ title, text }) => ({ CAUM_NOTICE_TITLE: title, CAUM_NOTICE_TEXT: text }),
    };
  }
  return {
    program,
    // Bodies may be read as markup there.
    words: ({ title, text }) => [`--app-name=${APP}`, "--", title, withoutMarkup(text)],
    variables: NO_VARIABLES,
  };
}

/** What to install where nothing shows notifications. */
export function howToNotify(platform: NodeJS.Platform = process.platform): string {
  const program = PROGRAMS[platform];
  return program === undefined
    ? "install notify-send (package libnotify-bin or libnotify)"
    : `${program} is not on PATH`;
}

/** Shows one notification; settles within some seconds and never throws. */
export async function notifyDesktop(
  notification: Notification,
  command: NotifierCommand | undefined,
): Promise<NotifyOutcome> {
  if (command === undefined) return "unavailable";
  const cleaned = { title: oneLine(notification.title), text: lines(notification.text) };
  try {
    const { spawn } = await import("node:child_process");
    return await new Promise((resolve) => {
      // Detached and without pipes: it outlives a process that ends now, and holds none back.
      const child = spawn(command.program, command.words(cleaned), {
        env: { ...process.env, ...command.variables(cleaned) },
        stdio: "ignore",
        detached: true,
        windowsHide: true,
        shell: false,
        timeout: TIMEOUT_MS,
        killSignal: "SIGKILL",
      });
      child.unref();
      child.on("error", () => resolve("failed"));
      child.on("exit", (code) => resolve(code === 0 ? "shown" : "failed"));
    });
  } catch {
    return "failed";
  }
}

function withoutMarkup(text: string): string {
  return text.replace(/[<>&]/g, " ");
}

/** Controls, directions and half characters show nothing, and change what stands beside them. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

function oneLine(text: string): string {
  return [...text.replace(UNSEEN, " ")].slice(0, MAX_TEXT).join("");
}

function lines(text: string): string {
  return text.split("\n").map(oneLine).join("\n");
}

/** Looked up here: a program of the working folder is never the system's. */
function onPath(name: string, env: Environment): string | undefined {
  const folders = (env.PATH ?? env.Path ?? "").split(delimiter).filter(isAbsolute);
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
