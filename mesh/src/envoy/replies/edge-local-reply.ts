import { ERROR_DOMAIN } from "@theseus/kit/contract";
import type { MeshPolicy } from "../../policy/mesh-policy.js";
import type { Message } from "../message.js";
import { type Refusal, refusals, status } from "./refusal.js";
import { reasonPolicy, statusName } from "./status-details.js";

const foreignHost: Refusal = {
  reason: "REQUEST_MALFORMED",
  message: "no host of this name is served here: ask for localhost, or allow the name (--allowed-host)",
  when: status("EQ", 421),
};

const malformed: Refusal = {
  reason: "REQUEST_MALFORMED",
  message: "the request is not valid HTTP for this server",
  when: status("GE", 400),
};

const edgeReasons = ["REQUEST_TOO_LARGE", "DEADLINE_EXCEEDED", "SERVICE_UNAVAILABLE"];

/** Refusals at the edge, as JSON of the same shape as its application's own errors. */
export function edgeLocalReply(policy: MeshPolicy): Message {
  const answered = refusals.filter(({ reason }) => edgeReasons.includes(reason));
  return { mappers: [...answered, foreignHost, malformed].map((refusal) => mapper(policy, refusal)) };
}

function mapper(policy: MeshPolicy, refusal: Refusal): Message {
  const { code, retryAfterMs } = reasonPolicy(policy, refusal.reason);
  return {
    filter: refusal.when,
    body: { inline_string: refusal.message },
    body_format_override: {
      content_type: "application/json",
      json_format: {
        error: {
          code: "%RESPONSE_CODE%",
          status: statusName(code),
          message: "%LOCAL_REPLY_BODY%",
          details: [
            {
              "@type": "type.googleapis.com/google.rpc.ErrorInfo",
              reason: refusal.reason,
              domain: ERROR_DOMAIN,
            },
          ],
        },
      },
    },
    ...(retryAfterMs === undefined ? {} : { headers_to_add: [retryAfter(retryAfterMs)] }),
  };
}

function retryAfter(ms: number): Message {
  return { header: { key: "retry-after", value: String(Math.ceil(ms / 1000)) } };
}
