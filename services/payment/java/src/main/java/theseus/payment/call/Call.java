package theseus.payment.call;

import io.grpc.Context;
import io.grpc.Metadata;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.contract.RefusedException;
import theseus.payment.process.Log;

/**
 * What a handler knows of the call that it answers.
 *
 * @param caller the calling workload; empty for a developer without a mesh
 * @param principal the end user; empty when the call is on nobody's behalf
 * @param deadline the caller's or the contract's, whichever is earlier
 * @param outgoing headers for the calls that this one causes
 * @param context cancelled when the call is over, for whatever reason
 */
public record Call(
    Optional<String> caller,
    Optional<Principal> principal,
    Instant deadline,
    Metadata outgoing,
    Context context,
    Log log) {

  public Principal requireUser() {
    return principal.orElseThrow(
        () -> new RefusedException(ErrorReason.TOKEN_MISSING, "an access token is needed"));
  }

  /** Refuses when the call is over. */
  public void requireWaiting() {
    if (isOver()) throw over(context.cancellationCause());
  }

  public boolean isOver() {
    return context.isCancelled();
  }

  static RefusedException over(Throwable cause) {
    return cause instanceof TimeoutException
        ? new RefusedException(ErrorReason.DEADLINE_EXCEEDED, "the deadline has passed")
        : new RefusedException(ErrorReason.CANCELLED, "the caller cancelled the call");
  }
}
