import type {
  InputOf,
  MethodDefinition,
  OutputOf,
  ServiceDefinition,
} from "../contract/service-definition.js";
import type { Call } from "./call.js";

/**
 * The implementation of one method. What it reads has passed the contract's rules; what it throws goes through the
 * error boundary. A response stream is read only as fast as the caller takes it, and its `return()` is called when
 * the caller leaves.
 */
export type Handler<M extends MethodDefinition> = (request: InputOf<M>, call: Call) => OutputOf<M>;

/** The implementation of a service: a handler for each of its methods. */
export type Handlers<S extends ServiceDefinition> = { readonly [K in keyof S]: Handler<S[K]> };
