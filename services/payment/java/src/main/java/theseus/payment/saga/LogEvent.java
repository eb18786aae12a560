package theseus.payment.saga;

import java.time.Instant;
import java.util.Optional;

/**
 * One step of a payment.
 *
 * @param sequence 1, 2, 3, … without gaps
 * @param failure on ABORTING and FAILED
 * @param amount on REFUND_REQUESTED and REFUNDED
 * @param refund on REFUND_REQUESTED
 */
public record LogEvent(
    int sequence,
    EventType type,
    Instant time,
    Optional<Failure> failure,
    Optional<Money> amount,
    Optional<RefundMark> refund) {

  static LogEvent created(Intent intent) {
    return new LogEvent(
        1,
        EventType.CREATED,
        intent.createTime(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** The same event with the amount to give back and the request that asks for it. */
  public LogEvent asking(Money amount, RefundMark refund) {
    return new LogEvent(sequence, type, time, failure, Optional.of(amount), Optional.of(refund));
  }
}
