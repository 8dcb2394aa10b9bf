/** Where each client's own exporter of OpenTelemetry is set, and in which form: one row each. */
import type { HookClientName } from "../../hook/clients/client-names.ts";

/** Where a client is to send, and the key that it sends with. */
export interface Destination {
  /** Of this machine's collector, without a path. */
  readonly url: string;
  /** Of a key that may send and nothing else. */
  readonly key: string;
}

/** Members of an object of the document; the values are texts and truth values. */
export interface MemberForm {
  /** The object that they stand in. */
  readonly container: string;
  readonly members: (to: Destination) => Readonly<Record<string, string | boolean>>;
  /** The member by which ours are known. */
  readonly known: string;
  /** Other settings may stand in the same object. */
  readonly isShared: boolean;
}

/** A table at the end of a TOML file. */
export interface TableForm {
  readonly table: string;
  readonly lines: (to: Destination) => readonly string[];
}

export interface TelemetryFile {
  readonly client: HookClientName;
  readonly title: string;
  /** The client is on this machine when this folder is there. See `expand`. */
  readonly folder: string;
  /** Below the folder. */
  readonly file: string;
  readonly form: MemberForm | TableForm;
  /** What leaves the client besides structure, to the collector of this machine. */
  readonly sends: string;
  readonly restart: string;
}

/** These two take no headers from their settings, so the key stands in the address. */
const IN_TELEMETRY: MemberForm = {
  container: "telemetry",
  members: ({ url, key }) => ({
    enabled: true,
    target: "local",
    otlpProtocol: "http",
    otlpEndpoint: url.replace("://", `://caum:${key}@`),
  }),
  known: "otlpEndpoint",
  isShared: false,
};

export const TELEMETRY_FILES: readonly TelemetryFile[] = [
  {
    client: "claude-code",
    title: "Claude Code telemetry",
    folder: "$CLAUDE_CONFIG_DIR",
    file: "settings.json",
    form: {
      container: "env",
      members: ({ url, key }) => ({
        CLAUDE_CODE_ENABLE_TELEMETRY: "1",
        OTEL_LOGS_EXPORTER: "otlp",
        OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: "http/json",
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${url}/v1/logs`,
        OTEL_EXPORTER_OTLP_LOGS_HEADERS: `x-api-key=${key}`,
        // Else its log records name no MCP tool, and equal calls cannot be told from others.
        OTEL_LOG_TOOL_DETAILS: "1",
      }),
      known: "OTEL_EXPORTER_OTLP_LOGS_HEADERS",
      isShared: true,
    },
    sends: "arguments of calls",
    restart: "start a new claude session",
  },
  {
    client: "codex",
    title: "Codex telemetry",
    folder: "$CODEX_HOME",
    file: "config.toml",
    form: {
      table: "otel",
      lines: ({ url, key }) => [
        "[otel]",
        `exporter = { otlp-http = { endpoint = "${url}/v1/logs", protocol = "json", headers = { x-api-key = "${key}" } } }`,
      ],
    },
    sends: "arguments and results of calls in full",
    restart: "start a new codex session",
  },
  {
    client: "gemini-cli",
    title: "Gemini CLI telemetry",
    folder: "~/.gemini",
    file: "settings.json",
    form: IN_TELEMETRY,
    sends: "prompts, answers and arguments in full",
    restart: "start a new gemini session",
  },
  {
    client: "qwen-code",
    title: "Qwen Code telemetry",
    folder: "~/.qwen",
    file: "settings.json",
    form: IN_TELEMETRY,
    sends: "prompts, answers and arguments in full",
    restart: "start a new qwen session",
  },
];
