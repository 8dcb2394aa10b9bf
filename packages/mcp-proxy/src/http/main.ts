import type { ProxyOptions } from "../relay/command-line.ts";
import { say } from "../relay/say.ts";

export interface HttpRequest {
  readonly url: string;
  readonly listen: string;
  readonly options: ProxyOptions;
}

export function startHttpProxy(_request: HttpRequest): void {
  say("--http does not work yet");
  process.exitCode = 2;
}
