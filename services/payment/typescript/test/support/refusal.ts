import { ErrorReason, StatusError } from "@theseus/kit";
import { expect } from "chai";

/** The refusal that a call comes to; fails when it does not, or gives another reason. */
export async function refusal(call: Promise<unknown>, reason: ErrorReason): Promise<StatusError> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    expect(ErrorReason[error.reason], error.message).to.equal(ErrorReason[reason]);
    return error;
  }
  throw new Error(`the call succeeded; ${ErrorReason[reason]} was expected`);
}
