import type { MethodPolicy } from "../../policy/mesh-policy.js";
import { healthCheckPath } from "../clusters/health-check.js";
import { peerHeader } from "../listeners/header-hygiene.js";
import { untraced } from "../listeners/tracing.js";
import { duration, type Message } from "../message.js";
import { anyPeerRules } from "../security/rbac.js";
import { deadline } from "./deadline.js";
import { mirror } from "./mirror.js";
import { priorityOf, type StreamShape } from "./priority.js";
import { rateLimitRules } from "./rate-limit.js";
import { exactSizeRules, requestSizeRules, unbuffered } from "./request-size.js";
import { healthRetries } from "./retry.js";
import { unknownMethod } from "./unknown-method.js";

const unary: StreamShape = { clientStreaming: false, serverStreaming: false };
const stream: StreamShape = { clientStreaming: true, serverStreaming: true };

/** Health and reflection: what every implementation serves beside the contract. */
const commonServices = [
  { prefix: healthCheckPath, timeoutMs: 5_000, shape: unary },
  { prefix: "/grpc.health.v1.Health/", timeoutMs: 3_600_000, shape: stream },
  { prefix: "/grpc.reflection.v1.ServerReflection/", timeoutMs: 60_000, shape: stream },
  { prefix: "/grpc.reflection.v1alpha.ServerReflection/", timeoutMs: 60_000, shape: stream },
];

export interface InboundRoutesOptions {
  /** Who may call a method. */
  readonly rules: (method: MethodPolicy) => Message;
  /** The cluster of the application, in the fields of a route. */
  readonly application: Message;
  /** Whether there is somebody who can be given copies of calls. */
  readonly isMirrored: boolean;
  /** Whether requests become spans; those for health and reflection do not. */
  readonly isTraced: boolean;
}

/** A route for each method, with everything that holds for it; the filter chain alone lets nothing through. */
export function inboundRoutes(
  methods: readonly MethodPolicy[],
  options: InboundRoutesOptions,
): readonly Message[] {
  const { application, isTraced } = options;
  return [
    ...methods.map((method) => methodRoute(method, options)),
    ...commonServices.map(({ prefix, timeoutMs, shape }) => ({
      name: prefix,
      match: { prefix, grpc: {} },
      route: {
        ...application,
        ...(prefix === healthCheckPath ? health(timeoutMs) : course(timeoutMs, shape)),
      },
      request_headers_to_remove: [peerHeader],
      ...(isTraced ? untraced : {}),
      typed_per_filter_config: { ...anyPeerRules(), ...unbuffered() },
    })),
    unknownMethod({ ...anyPeerRules(), ...unbuffered() }),
  ];
}

function methodRoute(
  method: MethodPolicy,
  { rules, application, isMirrored }: InboundRoutesOptions,
): Message {
  const { path, clientStreaming, maxRequestBytes, isSizeOfOverlay, rate, timeoutMs } = method;
  return {
    name: path,
    match: { path, grpc: {} },
    route: { ...application, ...course(timeoutMs, method), ...(isMirrored ? mirror(method) : {}) },
    request_headers_to_remove: ["authorization", peerHeader],
    typed_per_filter_config: {
      ...rules(method),
      ...(clientStreaming ? unbuffered() : requestSizeRules(maxRequestBytes)),
      ...(isSizeOfOverlay && !clientStreaming ? exactSizeRules(maxRequestBytes) : {}),
      ...(rate === undefined ? {} : rateLimitRules(rate)),
    },
  };
}

/**
 * Who asks takes no answer for a sign of life that may come, and a refusal for the end: a check waits for its application
 * longer than whoever asks does, whatever time they give it.
 */
function health(timeoutMs: number): Message {
  return { timeout: duration(timeoutMs), ...priorityOf(unary), retry_policy: healthRetries() };
}

function course(timeoutMs: number, shape: StreamShape): Message {
  return { ...deadline(timeoutMs), ...priorityOf(shape) };
}
