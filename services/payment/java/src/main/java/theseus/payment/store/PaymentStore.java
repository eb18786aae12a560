package theseus.payment.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import theseus.payment.saga.Intent;
import theseus.payment.saga.LogEvent;
import theseus.payment.saga.PaymentLog;

/**
 * Stores payments as storage.md describes. Each method blocks, and refuses with SERVICE_UNAVAILABLE
 * when the store cannot be reached.
 */
public interface PaymentStore extends AutoCloseable {
  /** Returns when the store answers. */
  void ping();

  /** Writes a mark before work is begun. Writing it twice has no further effect. */
  void mark(Marker marker, Optional<String> cardToken);

  /** Removes the marks up to an event after which the log was seen at rest. */
  void unmark(String payment, int upToSequence);

  /** The card to pay with. It is stored in the payment's first mark and goes with it. */
  Optional<String> cardToken(String payment);

  /** Passes marks made before a time to {@code more}, in no order, until it returns false. */
  void eachMarkBefore(Instant time, Predicate<Marker> more);

  /** False when the payment, or an intent with the user's request id, is there already. */
  boolean insertIntent(Intent intent);

  /**
   * Inserts a void, which takes a payment's place for ever so that its intent cannot be inserted
   * any more. False when the place is taken.
   */
  boolean insertVoid(String payment, Instant time);

  /** Appends an event. False when its place in the log, or a refund's request id, is taken. */
  boolean insertEvent(String payment, LogEvent event);

  /** The slots of users' open payments. */
  Slots slots();

  /** A payment without its log, by one look at the store whether it is there or not. */
  Optional<Intent> findIntent(String payment);

  Optional<PaymentLog> load(String payment);

  /** Those of some payments that have begun. */
  List<PaymentLog> loadAll(List<String> payments);

  Optional<PaymentLog> findByRequest(String user, String requestId);

  /**
   * The id of the payment that has a refund with a request id. Some stores look at every event for
   * it: not to be asked for each refund.
   */
  Optional<String> findByRefund(String user, String requestId);

  /** All events after one, in order. */
  default List<LogEvent> eventsAfter(String payment, int sequence) {
    return eventsAfter(payment, sequence, Integer.MAX_VALUE);
  }

  /** Events after one, in order: all, or at least {@code limit} where there are so many. */
  List<LogEvent> eventsAfter(String payment, int sequence, int limit);

  /** Payments, latest first: of one user or of all, from the beginning or after a place. */
  List<PaymentLog> list(Optional<String> user, Optional<Place> after, int limit);

  /** A payment's place in a list. */
  record Place(Instant time, String id) {}

  /** The log with the events that were added since it was read. */
  default PaymentLog catchUp(PaymentLog log) {
    return log.with(eventsAfter(log.id(), log.last().sequence()));
  }

  @Override
  void close();
}
