package theseus.payment.saga;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A payment as the events that it adds up to; there is always at least CREATED. */
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
   * The log as it was when the payment became final, before any refund; as it is when it is not
   * yet.
   */
  public PaymentLog asPaid() {
    return events.stream()
        .filter(event -> event.type() == EventType.CAPTURED)
        .findFirst()
        .map(captured -> upTo(captured.sequence()))
        .orElse(this);
  }

  /** The log as it was when a refund was carried out; as it is when that has not happened yet. */
  public PaymentLog asRefunded(LogEvent requested) {
    return upTo(requested.sequence() + 1);
  }

  public Money refunded() {
    return events.stream()
        .filter(event -> event.type() == EventType.REFUNDED)
        .flatMap(event -> event.amount().stream())
        .reduce(Money.none(intent.amount().currencyCode()), Money::plus);
  }

  /** What of the amount has not been given back. */
  public Money refundable() {
    return intent.amount().minus(refunded());
  }

  /**
   * The event of a move. FAILED repeats why, REFUNDED how much; time never runs backwards within a
   * log.
   */
  public LogEvent next(Move.Append move, Instant now) {
    var last = last();
    var failure = move.type() == EventType.FAILED ? last.failure() : move.failure();
    var amount = move.type() == EventType.REFUNDED ? last.amount() : Optional.<Money>empty();
    var time = now.isBefore(last.time()) ? last.time() : now;
    return new LogEvent(last.sequence() + 1, move.type(), time, failure, amount, Optional.empty());
  }
}
