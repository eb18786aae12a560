package theseus.payment.contract;

import java.util.concurrent.CompletionException;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;

/** The place where every exception becomes a refusal that the method may answer. */
public final class ErrorBoundary {
  private ErrorBoundary() {}

  /**
   * The refusal itself when the contract lets the method answer it; INTERNAL for everything else,
   * with that as its cause.
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
