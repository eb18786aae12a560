package theseus.payment.saga;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import theseus.payment.saga.Mismatch.Kind;
import theseus.payment.saga.Mismatch.Mend;
import theseus.payment.saga.OtherSides.LineType;
import theseus.payment.saga.OtherSides.ReservationState;

/** Finds where a payment at rest and the other sides do not agree. The log is what counts. */
public final class Comparison {
  /**
   * Inventory keeps a sold reservation for 30 days (its storage.md); the payment is older than that
   * by what it took.
   */
  private static final Duration SOLD_KEPT = Duration.ofDays(29);

  private final PaymentLog log;
  private final OtherSides sides;
  private final LedgerMoney money;
  private final String none;
  private final List<Mismatch> found = new ArrayList<>();

  private Comparison(PaymentLog log, OtherSides sides) {
    var currencyCode = log.intent().amount().currencyCode();
    this.log = log;
    this.sides = sides;
    this.money = LedgerMoney.of(currencyCode, sides.ledger());
    this.none = Money.none(currencyCode).toText();
  }

  public static List<Mismatch> compare(PaymentLog log, OtherSides sides, Instant now) {
    var comparison = new Comparison(log, sides);
    first(log, EventType.CAPTURED)
        .ifPresentOrElse(
            captured -> comparison.compareCaptured(captured, now), comparison::compareFailed);
    return List.copyOf(comparison.found);
  }

  private void compareCaptured(LogEvent captured, Instant now) {
    var state = sides.reservation().state();
    var age = Duration.between(log.intent().createTime(), now);
    var isForgotten = state == ReservationState.MISSING && age.compareTo(SOLD_KEPT) > 0;
    if (!hasStock() && !isForgotten) {
      // Only a hold can be sold again. What has ended may be somebody else's by now.
      var mend = mendIf(state == ReservationState.HELD, Question.COMMIT_STOCK, log);
      add(Kind.STOCK_NOT_SOLD, log.intent().reservation(), "COMMITTED", state.name(), mend);
    }
    var amount = log.intent().amount();
    if (!money.captured().equals(amount)) {
      var asked = log.upTo(captured.sequence() - 1);
      var mend = mendIf(money.isSetAside(), Question.CAPTURE, asked);
      add(Kind.MONEY_NOT_TAKEN, log.id(), amount.toText(), money.captured().toText(), mend);
    }
    compareRefunds(amount.currencyCode());
  }

  private void compareRefunds(String currencyCode) {
    var made = new LinkedHashMap<String, Money>();
    for (var line : sides.ledger()) {
      line.amount()
          .filter(amount -> line.type() == LineType.REFUNDED)
          .filter(amount -> amount.currencyCode().equals(currencyCode))
          .ifPresent(amount -> made.put(line.refundId(), amount));
    }
    for (var event : log.events()) {
      if (event.type() != EventType.REFUND_REQUESTED) continue;
      var subject = log.refundId(event.sequence());
      var amount = event.amount().orElseThrow();
      var refund = Optional.ofNullable(made.remove(subject));
      if (refund.filter(amount::equals).isPresent()) continue;
      var mend = mendIf(refund.isEmpty(), Question.REFUND, log.upTo(event.sequence()));
      var text = refund.map(Money::toText).orElse(none);
      add(Kind.REFUND_MISSING, subject, amount.toText(), text, mend);
    }
    made.forEach(
        (id, amount) -> add(Kind.REFUND_UNKNOWN, id, none, amount.toText(), Optional.empty()));
  }

  private void compareFailed() {
    var aborting = first(log, EventType.ABORTING).orElse(log.last());
    var asked = log.upTo(aborting.sequence());
    if (hasStock()) {
      var mend = mendIf(true, Question.UNCOMMIT_STOCK, asked);
      add(Kind.STOCK_SOLD, log.intent().reservation(), "RELEASED", "COMMITTED", mend);
    }
    if (money.isSetAside()) {
      var mend = mendIf(true, Question.CANCEL, asked);
      add(Kind.MONEY_SET_ASIDE, log.id(), none, money.authorized().toText(), mend);
    }
    // Who has refunded by this id before would answer that it is done.
    var refundId = log.refundId(aborting.sequence());
    var isAsked = sides.ledger().stream().anyMatch(line -> line.refundId().equals(refundId));
    var mend = mendIf(!isAsked, Question.GIVE_BACK_ALL, asked);
    money.kept().ifPresent(kept -> add(Kind.MONEY_TAKEN, log.id(), none, kept.toText(), mend));
  }

  private boolean hasStock() {
    var reservation = sides.reservation();
    return reservation.state() == ReservationState.COMMITTED
        && reservation.payment().equals(log.id());
  }

  private void add(Kind kind, String subject, String expected, String found, Optional<Mend> mend) {
    this.found.add(new Mismatch(kind, subject, expected, found, mend));
  }

  private static Optional<Mend> mendIf(boolean isSure, Question question, PaymentLog log) {
    return isSure ? Optional.of(new Mend(question, log)) : Optional.empty();
  }

  private static Optional<LogEvent> first(PaymentLog log, EventType type) {
    return log.events().stream().filter(event -> event.type() == type).findFirst();
  }
}
