package theseus.payment.saga;

import java.util.Optional;

/**
 * One thing in which a payment and another party do not agree.
 *
 * @param mend the question of the log that has an answer to it, where asking it again decides
 *     nothing anew
 */
public record Mismatch(
    Kind kind, String subject, String expected, String found, Optional<Mend> mend) {

  /** The contract's kinds. */
  public enum Kind {
    STOCK_NOT_SOLD,
    STOCK_SOLD,
    MONEY_NOT_TAKEN,
    MONEY_SET_ASIDE,
    MONEY_TAKEN,
    REFUND_MISSING,
    REFUND_UNKNOWN
  }

  /**
   * A question to ask again.
   *
   * @param log as it was when the question was asked first
   */
  public record Mend(Question question, PaymentLog log) {}

  /** True for the same mismatch, whatever is found by now. */
  public boolean isOf(Mismatch other) {
    return kind == other.kind && subject.equals(other.subject);
  }
}
