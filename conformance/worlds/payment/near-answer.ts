import { status as Code, Metadata } from "@grpc/grpc-js";
import { ErrorReason, StatusError } from "@theseus/kit";
import { encodeStatus, STATUS_DETAILS } from "@theseus/kit/contract";
import type { NearDeviation } from "./deviation.js";

const ANOTHER_DOMAIN = "elsewhere.example";
const NO_SUCH_STATUS = 99;
const TEXT = "played";

/** What a method answers, and nothing of it is done: messages, and a status where it is not OK. */
export interface NearAnswer<Response> {
  readonly messages: readonly Response[];
  readonly refusal?: { readonly code: number; readonly details: string; readonly metadata: Metadata };
}

/** What answers of one method look like. */
export interface NearAnswers<Request, Response> {
  /** The reason that is a definite no, or one that the method may answer. */
  readonly no: ErrorReason;
  /** What would decide something if it were the answer, though nothing is done. */
  decides(request: Request): Response;
  /** The same about something else than was asked for. */
  ofAnother?(request: Request): Response;
  /** The same for somebody else than asked. */
  forAnother?(request: Request): Response;
}

/** An answer that is almost right. */
export function nearAnswer<Request, Response>(
  deviation: NearDeviation,
  request: Request,
  answers: NearAnswers<Request, Response>,
): NearAnswer<Response> {
  const { no, decides, ofAnother = decides, forAnother = decides } = answers;
  const { code } = new StatusError(no, "played");
  const reason = ErrorReason[no] ?? "";
  switch (deviation) {
    case "bare":
      return refused(Code.FAILED_PRECONDITION);
    case "bare-no":
      return refused(code);
    case "unimplemented":
      return refused(Code.UNIMPLEMENTED);
    case "no-such-status":
      return refused(NO_SUCH_STATUS);
    case "foreign-reason":
      return refused(code, encodeStatus({ code, message: TEXT, reason, domain: ANOTHER_DOMAIN }));
    case "other-reason":
      return refused(code, encodeStatus({ code, message: TEXT, reason: "PAYMENT_NOT_FOUND" }));
    case "other-code":
      return refused(Code.INTERNAL, encodeStatus({ code: Code.INTERNAL, message: TEXT, reason }));
    case "two-codes":
      return refused(code, encodeStatus({ code: Code.INTERNAL, message: TEXT, reason }));
    case "damaged":
      return refused(code, encodeStatus({ code, message: TEXT, reason }).subarray(0, -3));
    case "no-message":
      return { messages: [] };
    case "empty":
      return { messages: [{} as Response] };
    case "two-messages":
      return { messages: [decides(request), decides(request)] };
    case "of-another":
      return { messages: [ofAnother(request)] };
    case "for-another":
      return { messages: [forAnother(request)] };
    default:
      return deviation satisfies never;
  }
}

function refused(code: number, status?: Uint8Array): NearAnswer<never> {
  const metadata = new Metadata();
  if (status !== undefined) metadata.set(STATUS_DETAILS, Buffer.from(status));
  return { messages: [], refusal: { code, details: TEXT, metadata } };
}
