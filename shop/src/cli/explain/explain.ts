import { type Home, UsageFault } from "@theseus/runtime/control";
import type { ExplainFlags } from "./explain-flags.js";
import { explainRequest } from "./request.js";

/** As sidecars log it: what a caller has chosen is cut there. It has no slash: that is what names have. */
const REQUEST = /^[\x21-\x2e\x30-\x7e]{8,128}$/;

const PAYMENT = /^payments\/([a-z0-9-]{1,64})$/;

/** Tells what became of a request, of each request of a trace, or of a payment. */
export async function explain(home: Home, subject: string, flags: ExplainFlags): Promise<number> {
  const [, payment] = PAYMENT.exec(subject) ?? [];
  if (payment !== undefined) return (await paymentCommand()).explainPayment(home, payment, flags);
  if (REQUEST.test(subject)) return explainRequest(home, subject, flags);
  const shown = JSON.stringify(subject.slice(0, 40));
  if (subject.startsWith("payments/"))
    throw new UsageFault(
      `${shown} is no name of a payment.`,
      "It is payments/ and an id, 1 to 64 of a-z, 0-9 and -, as its answer has it in name.",
    );
  throw new UsageFault(
    `${shown} is neither an id of a request nor a payments/… name.`,
    "The id is in the answer's x-request-id, and in the logs as request_id or trace_id.",
  );
}

/** It calls services; a request, which is explained from the logs alone, is told sooner without all that this takes. */
const paymentCommand = () => import("./payment.js");
