package theseus.payment.saga;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A payment as its list of events, of which CREATED is always the first. */
public record PaymentLog(Intent intent, List<LogEvent> events) {
  public PaymentLog {
    events = List.copyOf(events);
  }

  /** The log of an intent with what was written after it. */
  public static PaymentLog of(Intent intent, List<LogEvent> afterwards) {
    return new PaymentLog(intent, List.of(LogEvent.created(intent))).with(afterwards);
  }

  public PaymentLog with(List<LogEvent> added) {
    var all = new ArrayList<>(events);
    all.addAll(added);
    return new PaymentLog(intent, all);
  }

  public String id() {
    return intent.id();
  }

  /** The provider's id of the refund that an event asks for. */
  public String refundId(int sequence) {
    return id() + "-" + sequence;
  }

  public LogEvent last() {
    return events.get(events.size() - 1);
  }

  public EventType state() {
    return last().type();
  }

  /** True when nothing is left to do: final, with no refund under way. */
  public boolean isSettled() {
    return Saga.isAtRest(state());
  }

  /** The log as it was right after an event. */
  public PaymentLog upTo(int sequence) {
    return new PaymentLog(
        intent, events.stream().filter(event -> event.sequence() <= sequence).toList());
  }

  /**
   * The log up to the event that made the payment final, without later refunds; all of it when the
   * payment is not final yet.
   */
  public PaymentLog asPaid() {
    return events.stream()
        .filter(event -> event.type() == EventType.CAPTURED)
        .findFirst()
        .map(captured -> upTo(captured.sequence()))
        .orElse(this);
  }

  /**
   * The log up to the event that carried out a refund; all of it when that event is not there yet.
   */
  public PaymentLog asRefunded(LogEvent requested) {
    return upTo(requested.sequence() + 1);
  }

  public Money refunded() {
    return events.stream()
        .filter(event -> event.type() == EventType.REFUNDED)
        .flatMap(event -> event.amount().stream())
        .reduce(Money.none(intent.amount().currencyCode()), Money::plus);
  }

  /** The part of the amount that has not been given back. */
  public Money refundable() {
    return intent.amount().minus(refunded());
  }

  /**
   * The event that a move appends. FAILED repeats the failure of ABORTING, REFUNDED the amount of
   * REFUND_REQUESTED. Times within a log never go backwards.
   */
  public LogEvent next(Move.Append move, Instant now) {
    var last = last();
    var failure = move.type() == EventType.FAILED ? last.failure() : move.failure();
    var amount = move.type() == EventType.REFUNDED ? last.amount() : Optional.<Money>empty();
    var time = now.isBefore(last.time()) ? last.time() : now;
    return new LogEvent(last.sequence() + 1, move.type(), time, failure, amount, Optional.empty());
  }
}
