import type { DescEnum } from "@bufbuild/protobuf";
import { readReasonRule } from "@theseus/kit/contract";
import { TIMEOUT_HEADER } from "../request/request-headers.js";
import type { CommentOf } from "./comments.js";
import type { Schema } from "./schema.js";

const UUID4 = { type: "string", format: "uuid" };

/** What operations refer to: the error, headers, the access token. */
export function sharedComponents(
  schemas: Schema,
  reasons: DescEnum | undefined,
  commentOf: CommentOf,
): Schema {
  return {
    schemas: { ...schemas, Error: ERROR },
    responses: {
      Error: {
        description: ["Any other failure.", ...commonReasons(reasons, commentOf)].join("\n"),
        headers: { "X-Request-Id": { $ref: "#/components/headers/RequestId" } },
        content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
      },
    },
    parameters: {
      IdempotencyKey: {
        name: "Idempotency-Key",
        in: "header",
        description:
          "Stands for the request's id field: repeats with one key happen once. Without either, the gateway makes one.",
        schema: UUID4,
      },
      RequestId: {
        name: "X-Request-Id",
        in: "header",
        description: "Goes through all services and logs.",
        schema: { type: "string", pattern: "^[A-Za-z0-9._-]{1,128}$" },
      },
      RequestTimeout: {
        name: TIMEOUT_HEADER,
        in: "header",
        description: "Seconds that the call may take, at most the method's own.",
        schema: { type: "string", pattern: "^[0-9]{1,6}(\\.[0-9]{1,3})?s$" },
      },
    },
    headers: {
      IdempotencyKey: { description: "The key that the request went out with.", schema: UUID4 },
      RequestId: { description: "The request's id.", schema: { type: "string" } },
    },
    securitySchemes: { accessToken: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
  };
}

const ERROR: Schema = {
  type: "object",
  description:
    "An error, after google.rpc.Status. Details are told apart by `@type`; google.rpc.ErrorInfo has the reason.",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["code", "status", "message", "details"],
      properties: {
        code: { type: "integer", description: "The HTTP status." },
        status: { type: "string", description: "The gRPC code." },
        message: { type: "string", description: "For people." },
        details: {
          type: "array",
          items: {
            type: "object",
            required: ["@type"],
            properties: { "@type": { type: "string" } },
            additionalProperties: true,
          },
        },
      },
    },
  },
};

function commonReasons(reasons: DescEnum | undefined, commentOf: CommentOf): readonly string[] {
  const common = reasons?.values.filter((value) => readReasonRule(value)?.common) ?? [];
  return common.map((value) => `- \`${value.name}\`: ${commentOf(value) ?? ""}`);
}
