/** The collector as a service of the user, as each system's own manager reads it. */
import { expand, type Place, pathsOf } from "../machine/place.ts";

export interface Unit {
  readonly path: string;
  readonly text: string;
}

export const SYSTEMD_NAME = "caum-collector.service";
export const LAUNCHD_LABEL = "dev.caum.collector";
export const TASK_NAME = "CAUM collector";
/** Nobody is told twice a second that a port is taken. */
const RESTART_AFTER_S = 10;

/** @param words program and arguments of the collector */
export function unitOf(words: readonly string[], place: Place): Unit {
  const { platform, caumHome } = place;
  if (platform === "win32") {
    return {
      path: pathsOf(platform).join(caumHome, "collector-task.xml"),
      text: task(words, place),
    };
  }
  if (platform === "darwin") {
    const path = expand(`~/Library/LaunchAgents/${LAUNCHD_LABEL}.plist`, place) ?? "";
    return { path, text: propertyList(words, caumHome) };
  }
  const path = expand(`$XDG_CONFIG_HOME/systemd/user/${SYSTEMD_NAME}`, place) ?? "";
  return { path, text: systemdUnit(words, caumHome) };
}

/** The first start prints keys, which no journal and no log file should hold. */
function systemdUnit(program: readonly string[], caumHome: string): string {
  // systemd takes no program whose path has a quote in it; the shell takes any, and becomes it.
  const words = ["/bin/sh", "-c", 'exec "$0" "$@"', ...program];
  return `[Unit]
Description=CAUM collector

[Service]
ExecStart=${words.map((word) => systemdQuoted(word).replaceAll("$", "$$$$")).join(" ")}
Environment=${systemdQuoted(`CAUM_HOME=${caumHome}`)}
StandardOutput=null
Restart=on-failure
RestartSec=${RESTART_AFTER_S}

[Install]
WantedBy=default.target
`;
}

function systemdQuoted(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&").replaceAll("%", "%%")}"`;
}

function propertyList(words: readonly string[], caumHome: string): string {
  const list = words.map((word) => `    <string>${xml(word)}</string>`).join("\n");
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${LAUNCHD_LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${list}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
    <key>CAUM_HOME</key>
    <string>${xml(caumHome)}</string>
  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>${RESTART_AFTER_S}</integer>
  <key>StandardOutPath</key>
  <string>/dev/null</string>
</dict>
</plist>
`;
}

/** Runs without a window and without an end; CAUM_HOME is set by the shell that starts it. */
function task(words: readonly string[], { caumHome, env }: Place): string {
  const user = `${env.USERDOMAIN ?? ""}\\${env.USERNAME ?? ""}`;
  const line = words.map((word) => `"${word}"`).join(" ");
  const all = `--headless cmd /d /c "set "CAUM_HOME=${caumHome}" && ${line} >nul"`;
  return `<?xml version="1.0"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <Triggers>
    <LogonTrigger>
      <UserId>${xml(user)}</UserId>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>${xml(user)}</UserId>
      <LogonType>InteractiveToken</LogonType>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>conhost.exe</Command>
      <Arguments>${xml(all)}</Arguments>
    </Exec>
  </Actions>
</Task>
`;
}

function xml(text: string): string {
  const names: Readonly<Record<string, string>> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot" };
  return text.replace(/[&<>"]/g, (sign) => `&${names[sign]};`);
}
