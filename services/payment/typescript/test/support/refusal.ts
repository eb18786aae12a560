import { ErrorReason, StatusError } from "@theseus/kit";
import { rejectionOf } from "@theseus/testing";
import { expect } from "chai";

/** The refusal that a call comes to; fails when it does not, or gives another reason. */
export async function refusal(call: Promise<unknown>, reason: ErrorReason): Promise<StatusError> {
  const error = await rejectionOf(call, StatusError);
  expect(ErrorReason[error.reason], error.message).to.equal(ErrorReason[reason]);
  return error;
}
