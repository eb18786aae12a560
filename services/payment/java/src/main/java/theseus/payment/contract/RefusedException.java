package theseus.payment.contract;

import java.util.List;
import java.util.Map;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;

/**
 * A refusal for the caller to see: a reason of the contract, which decides the status code, and a
 * text written for the caller. Every other exception is answered with INTERNAL and a fixed text.
 */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorReason reason;
  private final transient Map<String, String> metadata;
  private final transient List<Violation> violations;

  public RefusedException(ErrorReason reason, String message) {
    this(reason, message, Map.of());
  }

  /** With a cause, which is logged and never sent. */
  public RefusedException(ErrorReason reason, String message, Throwable cause) {
    this(reason, message, Map.of(), List.of(), cause);
  }

  /** With values that a program needs to go on. */
  public RefusedException(ErrorReason reason, String message, Map<String, String> metadata) {
    this(reason, message, metadata, List.of(), null);
  }

  private RefusedException(
      ErrorReason reason,
      String message,
      Map<String, String> metadata,
      List<Violation> violations,
      Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.metadata = Map.copyOf(metadata);
    this.violations = List.copyOf(violations);
  }

  /** VALIDATION_FAILED, with a text about the first violation. */
  public static RefusedException invalid(List<Violation> violations) {
    return of(ErrorReason.VALIDATION_FAILED, summary(violations), violations);
  }

  public static RefusedException of(
      ErrorReason reason, String message, List<Violation> violations) {
    return new RefusedException(reason, message, Map.of(), violations, null);
  }

  public ErrorReason reason() {
    return reason;
  }

  public Map<String, String> metadata() {
    return metadata;
  }

  public List<Violation> violations() {
    return violations;
  }

  private static String summary(List<Violation> violations) {
    var first = violations.get(0);
    var text = first.field().isEmpty() ? first.message() : first.field() + ": " + first.message();
    return violations.size() == 1 ? text : text + " (and " + (violations.size() - 1) + " more)";
  }
}
