/** The document of the API: what schemas say, with names, words, examples and where it is served. */
import type { ApiOperation } from "./api-operation.ts";
import { API_OPERATIONS } from "./operations.ts";

interface Parameter {
  readonly name: string;
  readonly in: string;
}

/** As far as it is read here. */
interface Described {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, object>> };
}

interface ApiDocument {
  readonly paths?: Readonly<Record<string, unknown>>;
}

/** @param url where people reach the collector */
export function apiDocument<Document extends ApiDocument>(document: Document, url: string) {
  const paths = Object.entries(document.paths ?? {}).map(([path, methods]) => {
    // A path item holds one operation per method.
    const all = Object.entries(methods as Record<string, Described>);
    const described = all.map(([method, operation]) => {
      const known = API_OPERATIONS[`${method.toUpperCase()} ${path}`];
      return [method, known === undefined ? operation : withWords(operation, known)] as const;
    });
    return [path, Object.fromEntries(described)] as const;
  });
  return { ...document, servers: [{ url }], paths: Object.fromEntries(paths) };
}

function withWords(operation: Described, { id, summary, tag, ...example }: ApiOperation) {
  const requestBody = bodyOf(operation, example);
  const parameters = operation.parameters?.map((parameter) => {
    const value = example.with?.[parameter.name];
    return value === undefined ? parameter : { ...parameter, example: value };
  });
  return {
    operationId: id,
    summary,
    tags: [tag],
    ...operation,
    ...(parameters && { parameters }),
    ...(requestBody && { requestBody }),
  };
}

/** Doors that read lines, or bytes of OpenTelemetry, have no schema for their body. */
function bodyOf({ requestBody }: Described, { body, lines }: Partial<ApiOperation>) {
  if (lines !== undefined) {
    const example = `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`;
    return { content: { "application/x-ndjson": { schema: { type: "string" }, example } } };
  }
  if (body === undefined) return undefined;
  const content = requestBody?.content?.["application/json"] ?? { schema: { type: "object" } };
  return { ...requestBody, content: { "application/json": { ...content, example: body } } };
}
