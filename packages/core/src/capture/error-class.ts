/**
 * Classes of errors are chosen by hosts, tools and servers, so that only known ones are kept: of the
 * protocols, of languages and of the libraries that are adapted.
 */

/** JSON-RPC 2.0, the Model Context Protocol, and the codes that its SDKs and editors answer with. */
const JSONRPC =
  "32700 32603 32602 32601 32600 32000 32001 32002 32003 32020 32042 32800 32801 32802";

/** IANA's registry of status codes, and `no_answer` of ours. */
const HTTP =
  "no_answer 100 101 102 103 200 201 202 203 204 205 206 207 208 226 300 301 302 303 304 305 307 308 " +
  "400 401 402 403 404 405 406 407 408 409 410 411 412 413 414 415 416 417 418 421 422 423 424 425 " +
  "426 428 429 431 451 500 501 502 503 504 505 506 507 508 510 511 529";

const GUESSES = "closed redirected no_id not_fetched cut unconfirmed";

/** Words of our own. */
const OURS = "timeout cancelled denied not_found rate_limited rejected validation network crash";

/** ECMAScript and the platform. */
const PLATFORM =
  "Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError " +
  "AbortError TimeoutError NotAllowedError NotFoundError NotSupportedError " +
  "InvalidStateError DataCloneError NetworkError QuotaExceededError SecurityError " +
  "SystemError AssertionError ZodError $ZodError ValidationError NodeError McpError " +
  "ProtocolError FetchError AxiosError";

/** Python. */
const PYTHON =
  "Exception ArithmeticError AttributeError BrokenPipeError ConnectionError EOFError " +
  "ConnectionAbortedError ConnectionRefusedError ConnectionResetError FileExistsError " +
  "FileNotFoundError ImportError IndexError InterruptedError IsADirectoryError KeyError " +
  "KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError OSError " +
  "NotADirectoryError NotImplementedError OverflowError PermissionError ProcessLookupError " +
  "RecursionError RuntimeError StopIteration UnicodeDecodeError UnicodeEncodeError " +
  "UnicodeError ValueError ZeroDivisionError CancelledError HTTPError HTTPStatusError " +
  "ReadTimeout ConnectTimeout ToolException JSONDecodeError CalledProcessError " +
  "TimeoutExpired";

/** Clients of vendors. */
const VENDORS =
  "APIError APIConnectionError APIConnectionTimeoutError APIUserAbortError APITimeoutError " +
  "AuthenticationError BadRequestError ConflictError InternalServerError OverloadedError " +
  "PermissionDeniedError RateLimitError UnprocessableEntityError OpenAIError AnthropicError";

/** The AI SDK and LangChain. */
const FRAMEWORKS =
  "AI_APICallError AI_DownloadError AI_EmptyResponseBodyError AI_InvalidArgumentError " +
  "AI_InvalidPromptError AI_InvalidResponseDataError AI_InvalidToolInputError " +
  "AI_JSONParseError AI_LoadAPIKeyError AI_LoadSettingError AI_MessageConversionError " +
  "AI_NoContentGeneratedError AI_NoObjectGeneratedError AI_NoOutputGeneratedError " +
  "AI_NoSuchModelError AI_NoSuchProviderError AI_NoSuchToolError AI_RetryError " +
  "AI_ToolCallRepairError AI_TypeValidationError AI_UnsupportedFunctionalityError " +
  "AI_InvalidToolApprovalError AI_ToolCallNotFoundForApprovalError " +
  "ToolInputParsingException OutputParserException ToolInvocationError MiddlewareError " +
  "StructuredOutputParsingError GraphRecursionError GraphInterrupt NodeInterrupt " +
  "ContextOverflowError ModelAbortError LangChainError MultipleStructuredOutputsError";

const PLAIN: ReadonlySet<string> = new Set(
  [OURS, PLATFORM, PYTHON, VENDORS, FRAMEWORKS].flatMap((words) => words.split(" ")),
);

const KINDS: Readonly<Record<string, ReadonlySet<string>>> = {
  jsonrpc: new Set(JSONRPC.split(" ").map((digits) => `-${digits}`)),
  http: new Set(HTTP.split(" ")),
  guess: new Set(GUESSES.split(" ")),
};

/** What stands for a class that is not known; behind `jsonrpc:` and `http:` for a code. */
const OTHER = "other";

/** The class of an error as it may be kept: itself when it is a known one, else `other`. */
export function errorClassOf(text: string): string {
  if (PLAIN.has(text)) return text;
  const colon = text.indexOf(":");
  const kind = text.slice(0, Math.max(0, colon));
  const known = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (known === undefined) return OTHER;
  return known.has(text.slice(colon + 1)) ? text : `${kind}:${OTHER}`;
}
