declare const PROXY_VERSION: string | undefined;

/** Set by the bundler; the sources run without it in tests. */
export const version = typeof PROXY_VERSION === "string" ? PROXY_VERSION : "0.0.0";

export const HELP = `caum-mcp-proxy: records the shape of every MCP call, bytes untouched

usage: caum-mcp-proxy [options] -- <server command> [arguments]
       caum-mcp-proxy [options] --http <server url> [--listen 127.0.0.1:<port>]

  --home DIR      where runs and keys are kept (CAUM_HOME, else ~/.caum)
  --session ID    the session these calls belong to (CAUM_SESSION_ID, else the client's process)
  --agent ID      the agent that calls (CAUM_AGENT_ID, else the client's name)
  --otlp URL      emit OpenTelemetry to this receiver (CAUM_OTLP, else nothing)
  --hash-names    keep keyed tags in place of tool and client names (CAUM_HASH_NAMES=1)
  --no-record     relay only
  --http URL      stand in front of a server that speaks HTTP
  --listen PLACE  address and port, or unix:/path, to listen on with --http (127.0.0.1, a free port)
  --version       print the version
  --help          print this text

exit codes: the server's own; 2 wrong usage, 127 the server cannot be started,
            1 with --http when the address cannot be listened on`;
