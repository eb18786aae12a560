package theseus.payment.telemetry;

import io.grpc.Status;
import java.util.Optional;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;

/** A call under way, as a span of its trace. */
public interface CallSpan {
  SpanPlace place();

  /** To be called once. */
  void end(Status.Code code, Optional<ErrorReason> reason);
}
