package theseus.payment.drive;

import theseus.payment.saga.PaymentLog;

/** The outcome of a step. */
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
