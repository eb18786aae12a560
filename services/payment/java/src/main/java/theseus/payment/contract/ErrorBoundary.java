package theseus.payment.contract;

import java.util.concurrent.CompletionException;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;

/** Where whatever was thrown becomes a refusal that the method may answer. */
public final class ErrorBoundary {
  private ErrorBoundary() {}

  /**
   * A refusal that the contract lets the method answer, as it is; everything else as INTERNAL, with
   * it as cause.
   */
  public static RefusedException toRefusal(Throwable thrown, MethodPolicy policy) {
    if (thrown instanceof CompletionException wrapped && wrapped.getCause() != null) {
      return toRefusal(wrapped.getCause(), policy);
    }
    if (thrown instanceof RefusedException refusal && policy.mayAnswer(refusal.reason())) {
      return refusal;
    }
    return new RefusedException(ErrorReason.INTERNAL, "internal error", thrown);
  }
}
