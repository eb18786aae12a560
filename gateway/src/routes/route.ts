import type { DescField, DescMethod } from "@bufbuild/protobuf";
import type { MethodPolicy, PathTemplate, PathVariable } from "@theseus/kit/contract";
import type { RequestPath } from "./request-path.js";

/** A variable of a path, with the field that it sets and those that lead there. */
export interface BoundVariable extends PathVariable {
  /** All but the last are messages; never empty. */
  readonly fields: readonly DescField[];
}

/** The route of a request, and the parts of the request's target that it is bound from. */
export interface RouteMatch {
  readonly route: Route;
  /** Without the verb. */
  readonly path: RequestPath;
  /** What follows the question mark. */
  readonly query: string;
}

/** One way to call a method over HTTP. */
export interface Route {
  readonly method: DescMethod;
  /** `/package.Service/Method` */
  readonly rpc: string;
  /** What the contract says about calling it; undefined where the contract does not use the shop's options. */
  readonly policy: MethodPolicy | undefined;
  /** What the header Idempotency-Key stands for. */
  readonly idempotencyField: DescField | undefined;
  readonly httpMethod: string;
  /** As the contract writes it. */
  readonly path: string;
  readonly template: PathTemplate;
  readonly variables: readonly BoundVariable[];
  /** What the body is: the whole request, one field of it, or nothing. */
  readonly body: "*" | DescField | undefined;
  /** The field of the reply that is answered instead of the whole reply. */
  readonly responseBody: DescField | undefined;
}
