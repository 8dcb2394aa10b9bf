/** Ways into the collector, each with what has to be done. */
import { type Filled, quoted } from "./commands.ts";

export type WayIn = Pick<Filled, "url" | "key">;

interface Part {
  /** What it is for, in a sentence. */
  readonly words: string;
  readonly label: string;
  readonly text: (filled: WayIn) => string;
}

interface Way {
  readonly name: string;
  readonly title: string;
  readonly parts: readonly Part[];
}

const environment = ({ url, key }: WayIn) =>
  `export CAUM_URL=${quoted(url)}\nexport CAUM_API_KEY=${quoted(key)}`;
const install =
  (options: string) =>
  ({ url, key }: WayIn) =>
    `CAUM_API_KEY=${quoted(key)} caum install${options} --url ${quoted(url)}`;
const ENVIRONMENT: Part = {
  words: "Say where records go. Without a key they stay on the machine.",
  label: "the environment",
  text: environment,
};

/** The code of a program that runs as it is, after the environment. */
function library(name: string, title: string, words: string, code: string): Way {
  return { name, title, parts: [ENVIRONMENT, { words, label: "the code", text: () => code }] };
}

/** The one with most readers first; `curl` has a page of its own. */
export const WAYS: readonly Way[] = [
  {
    name: "client",
    title: "Client on this machine",
    parts: [
      {
        words:
          "Wraps the MCP servers of Claude Desktop, Claude Code, Cursor, VS Code, Codex and others, then says which clients to restart.",
        label: "the install command",
        text: install(""),
      },
      {
        words: "Sends one call the whole way and says where it stopped.",
        label: "the doctor command",
        text: () => "caum doctor",
      },
    ],
  },
  {
    name: "http",
    title: "HTTP server",
    parts: [
      {
        words: "Wraps servers with a URL as well, by way of the service on this machine.",
        label: "the install command",
        text: install(" --http"),
      },
    ],
  },
  library(
    "langchain",
    "LangChain",
    "One line at the top of the entry file, for everything that starts from there.",
    'import { registerCaum } from "@caum/langchain";\n\nregisterCaum();',
  ),
  library(
    "ai-sdk",
    "AI SDK",
    "One line, anywhere before the agents run.",
    'import { registerCaum } from "@caum/ai-sdk";\n\nregisterCaum();',
  ),
  library(
    "openai",
    "OpenAI",
    "The same client comes back, and is observed.",
    'import { wrapOpenAI } from "@caum/openai";\n\nconst client = wrapOpenAI(new OpenAI());',
  ),
  library(
    "anthropic",
    "Anthropic",
    "The same client comes back, and is observed.",
    'import { wrapAnthropic } from "@caum/anthropic";\n\nconst client = wrapAnthropic(new Anthropic());',
  ),
  {
    name: "otlp",
    title: "OpenTelemetry",
    parts: [
      {
        words: "An agent that exports OpenTelemetry needs nothing else.",
        label: "the environment",
        text: ({ url, key }) =>
          `export OTEL_EXPORTER_OTLP_ENDPOINT=${quoted(url)}\nexport OTEL_EXPORTER_OTLP_HEADERS=${quoted(`Authorization=Bearer ${key}`)}`,
      },
    ],
  },
  {
    name: "hooks",
    title: "Hooks",
    parts: [
      {
        words: "Records the tools of a client itself as well: its shell, edits and reads.",
        label: "the install command",
        text: install(" --hooks"),
      },
    ],
  },
];

export const CURL = "curl";
