import { setTimeout as sleep } from "node:timers/promises";
import type { handleUnaryCall, sendUnaryData } from "@grpc/grpc-js";
import { ErrorReason, StatusError, toStatusObject } from "@theseus/kit";
import type { PlayedProvider } from "./played-provider.js";
import type { Held, Script } from "./script.js";

export interface PlayedMethod<Request, Response> {
  /** `provider.Capture`, as scripts name it. */
  readonly name: string;
  /** The script of the case that a request belongs to. */
  scriptOf(request: Request): Script;
  act(request: Request): Response | Promise<Response>;
}

/** Thrown for an answer that is lost: what was asked for is done, and nobody is told. */
const LOST = Symbol("lost");

/** Carries a call out as the script of its case says. */
export function playedMethod<Request, Response>({
  name,
  scriptOf,
  act,
}: PlayedMethod<Request, Response>): handleUnaryCall<Request, Response> {
  return async ({ request }, callback) => {
    const script = scriptOf(request);
    const carryOut: Held = async (how) => {
      try {
        const answer = await act(request);
        if (how === "answered") callback(null, answer);
      } catch (thrown) {
        if (thrown !== LOST && how === "answered") refuse(callback, StatusError.from(thrown));
      }
    };
    const deviation = script.take(name);
    if (deviation === "unavailable")
      return refuse(callback, new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "played"));
    if (deviation === "hold" || deviation === "hold-all") return script.hold(name, carryOut);
    if (deviation === "meet") await script.meet(name);
    return carryOut(deviation === "lose" ? "unanswered" : "answered");
  };
}

/** Does what the card of a payment makes of a call. */
export async function byCard<T>(
  behaviour: ReturnType<PlayedProvider["behaviour"]>,
  act: () => T,
): Promise<T> {
  if (behaviour === "down")
    throw new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "the card provider is down");
  if (behaviour === "slow") await sleep(2000);
  const answer = act();
  if (behaviour === "lose") throw LOST;
  return answer;
}

function refuse<Response>(callback: sendUnaryData<Response>, error: StatusError): void {
  callback(toStatusObject(error));
}
