package theseus.payment.drive;

import theseus.payment.saga.PaymentLog;

/** What a step came to. */
public record StepResult(Kind kind, PaymentLog log) {
  public enum Kind {
    /** Nothing is left to do. */
    SETTLED,
    /** The log has grown. */
    MOVED,
    /** Nobody gave a definite answer. */
    UNANSWERED
  }
}
