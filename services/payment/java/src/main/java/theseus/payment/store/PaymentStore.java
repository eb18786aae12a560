package theseus.payment.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import theseus.payment.saga.Intent;
import theseus.payment.saga.LogEvent;
import theseus.payment.saga.PaymentLog;

/**
 * What keeps payments: storage.md in words of this service. Each method blocks, and refuses with
 * SERVICE_UNAVAILABLE when it is not there.
 */
public interface PaymentStore extends AutoCloseable {
  /** Returns when the store answers. */
  void ping();

  /** Says that there is work before it is begun. Saying it twice is saying it once. */
  void mark(Marker marker, Optional<String> cardToken);

  /** Takes back the marks up to an event that the log was seen at rest beyond. */
  void unmark(String payment, int upToSequence);

  /** The card to pay with; it is kept only as long as the payment's first mark. */
  Optional<String> cardToken(String payment);

  /** Shows marks made before a time, in no order, until {@code more} says no. */
  void eachMarkBefore(Instant time, Predicate<Marker> more);

  /** False when the payment, or the user's request id, is there already. */
  boolean insertIntent(Intent intent);

  /**
   * Takes a payment's place for ever, so that its intent can no longer be inserted. False when it
   * is there.
   */
  boolean insertVoid(String payment, Instant time);

  /** The compare-and-set of the log: false when its place, or a refund's request id, is taken. */
  boolean insertEvent(String payment, LogEvent event);

  Optional<PaymentLog> load(String payment);

  Optional<PaymentLog> findByRequest(String user, String requestId);

  /** The payment that has a refund with a request id. */
  Optional<PaymentLog> findByRefund(String user, String requestId);

  List<LogEvent> eventsAfter(String payment, int sequence);

  /**
   * Payments, latest first; of all users when none is named, and only those that come after a
   * place.
   */
  List<PaymentLog> list(Optional<String> user, Optional<Place> after, int limit);

  /** A payment's place in a list. */
  record Place(Instant time, String id) {}

  /** A log with what was added to it since. */
  default PaymentLog catchUp(PaymentLog log) {
    return log.with(eventsAfter(log.id(), log.last().sequence()));
  }

  @Override
  void close();
}
