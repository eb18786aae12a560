import { setTimeout as sleep } from "node:timers/promises";
import type { handleServerStreamingCall, ServerWritableStream } from "@grpc/grpc-js";
import { ErrorReason, StatusError, toStatusObject } from "@theseus/kit";
import type { PlayedMethodName } from "./deviation.js";
import { type NearAnswer, type NearAnswers, nearAnswer } from "./near-answer.js";
import type { PlayedProvider } from "./played-provider.js";
import type { Held, Script } from "./script.js";
import { toSeen } from "./seen.js";

export interface PlayedMethod<Request, Response> {
  /** `provider.Capture`, as scripts name it. */
  readonly name: PlayedMethodName;
  /** The script of the case that a request belongs to. */
  scriptOf(request: Request): Script;
  act(request: Request): Response | Promise<Response>;
  readonly near: NearAnswers<Request, Response>;
}

/** Thrown when the answer is lost: the request was carried out, and the caller hears nothing. */
const LOST = Symbol("lost");

/** Carries a call out as the script of its case says. It is served as a stream, which can answer more than one message. */
export function playedMethod<Request, Response>({
  name,
  scriptOf,
  act,
  near,
}: PlayedMethod<Request, Response>): handleServerStreamingCall<Request, Response> {
  return async (call) => {
    const { request, metadata } = call;
    const script = scriptOf(request);
    const carryOut: Held = async (how) => {
      try {
        const answer = await act(request);
        if (how === "answered") send(call, { messages: [answer] });
      } catch (thrown) {
        if (thrown !== LOST && how === "answered") refuse(call, StatusError.from(thrown));
      }
    };
    const deviation = script.take(name, toSeen(request, metadata));
    switch (deviation) {
      case "unavailable":
        return refuse(call, new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "played"));
      case "internal":
        return refuse(call, new StatusError(ErrorReason.INTERNAL, "played"));
      case "no-outcome":
        return send(call, { messages: [{ outcome: 0 } as Response] });
      case "hold":
      case "hold-all":
        return script.hold(name, carryOut);
      case "meet":
        await script.meet(name);
        return carryOut("answered");
      case "lose":
        return carryOut("unanswered");
      case "ok":
        return carryOut("answered");
      default:
        return send(call, nearAnswer(deviation, request, near));
    }
  };
}

/** Acts as the card of a payment says. */
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

function refuse<Request, Response>(call: ServerWritableStream<Request, Response>, error: StatusError): void {
  call.emit("error", toStatusObject(error));
}

function send<Request, Response>(
  call: ServerWritableStream<Request, Response>,
  { messages, refusal }: NearAnswer<Response>,
): void {
  for (const message of messages) call.write(message);
  if (refusal === undefined) call.end();
  else call.emit("error", refusal);
}
