import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { ContractError } from "../contract/descriptor-set.js";
import { type MethodPolicy, policyFaults, policyOf } from "../contract/method-policy.js";
import type { MethodDefinition, ServiceDefinition } from "../contract/service-definition.js";
import type { Call } from "./call.js";
import type { Handlers } from "./handlers.js";
import type { RequestCodec } from "./request-codec.js";

/** A method with its implementation, without static types. */
export interface BoundMethod {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  /** False only where the contract says that it has no side effects. */
  readonly writes: boolean;
  readonly policy: MethodPolicy;
  readonly request: RequestCodec;
  readonly encode: (response: unknown) => Buffer;
  readonly handle: (input: unknown, call: Call) => unknown;
}

/** A service with its implementation, ready to be served. */
export interface ServiceBinding {
  /** Full name, `package.Service`. */
  readonly typeName: string;
  readonly methods: readonly BoundMethod[];
}

/**
 * Binds handlers to the methods of a service.
 *
 * @param definition what ts-proto generates for grpc-js (`XServiceService`): types and codecs
 * @param descriptor what protobuf-es generates (`XService`): the contract's options and rules
 * @throws ContractError with every fault of the policies of all methods
 * @throws Error when the two are not of one service, or a method has no handler
 */
export function bind<S extends ServiceDefinition>(
  definition: S,
  descriptor: DescService,
  handlers: Handlers<S>,
): ServiceBinding {
  const faults = descriptor.methods.flatMap(policyFaults);
  if (faults.length > 0) throw new ContractError(faults);
  const described = new Map(
    descriptor.methods.map((method) => [`/${descriptor.typeName}/${method.name}`, method]),
  );
  const methods = Object.entries(definition).map(([name, method]) => {
    const desc = described.get(method.path);
    const handler: unknown = handlers[name];
    if (desc === undefined) throw new Error(`${method.path} is not a method of ${descriptor.typeName}`);
    if (typeof handler !== "function") throw new Error(`${method.path} has no handler`);
    return bindMethod(method, desc, (input, call) => Reflect.apply(handler, handlers, [input, call]));
  });
  return { typeName: descriptor.typeName, methods };
}

function bindMethod(method: MethodDefinition, desc: DescMethod, handle: BoundMethod["handle"]): BoundMethod {
  const policy = policyOf(desc);
  return {
    path: method.path,
    requestStream: method.requestStream,
    responseStream: method.responseStream,
    writes: desc.idempotency !== MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS,
    policy,
    request: { message: desc.input, maxBytes: policy.maxRequestBytes },
    encode: (response) => method.responseSerialize(response as never),
    handle,
  };
}
