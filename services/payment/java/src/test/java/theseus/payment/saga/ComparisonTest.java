package theseus.payment.saga;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import theseus.payment.saga.OtherSides.Line;
import theseus.payment.saga.OtherSides.LineType;
import theseus.payment.saga.OtherSides.Reservation;
import theseus.payment.saga.OtherSides.ReservationState;

@DisplayName("What a payment and the others say")
class ComparisonTest {
  private static final Instant BEGUN = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration LIMIT = Duration.ofDays(29);
  private static final Reservation SOLD = new Reservation(ReservationState.COMMITTED, "p");
  private static final Reservation MISSING = new Reservation(ReservationState.MISSING, "");
  private static final Line AUTHORIZED = line(LineType.AUTHORIZED, 9, "");
  private static final Line CANCELLED = new Line(LineType.CANCELLED, Optional.empty(), "");
  private static final List<Line> TAKEN = List.of(AUTHORIZED, line(LineType.CAPTURED, 9, ""));

  @Test
  void agreesWhereEachHasWhatTheLogSays() {
    assertEquals(List.of(), found(captured(), SOLD, TAKEN, Duration.ZERO));
    assertEquals(List.of(), found(refunded(), SOLD, with(TAKEN, 4, "p-5"), Duration.ZERO));
    assertEquals(
        List.of(), found(failed(), MISSING, List.of(AUTHORIZED, CANCELLED), Duration.ZERO));
  }

  @Test
  void takesASoldReservationThatIsNotThereForForgottenAfter29Days() {
    assertEquals(List.of("STOCK_NOT_SOLD"), found(captured(), MISSING, TAKEN, LIMIT));
    assertEquals(List.of(), found(captured(), MISSING, TAKEN, LIMIT.plusMillis(1)));
    var expired = new Reservation(ReservationState.EXPIRED, "");
    assertEquals(
        List.of("STOCK_NOT_SOLD"), found(captured(), expired, TAKEN, LIMIT.multipliedBy(2)));
  }

  @Test
  void neverTakesMoneyThatIsNotSetAsideNorPartOfIt() {
    var part = List.of(AUTHORIZED, line(LineType.CAPTURED, 8, ""));
    for (var ledger : List.of(List.<Line>of(), List.of(AUTHORIZED, CANCELLED), part)) {
      assertEquals(List.of("MONEY_NOT_TAKEN"), found(captured(), SOLD, ledger, Duration.ZERO));
    }
    assertEquals(
        List.of("MONEY_NOT_TAKEN: CAPTURE"),
        found(captured(), SOLD, List.of(AUTHORIZED), Duration.ZERO));
  }

  @Test
  void neverMakesARefundThatTheProviderHasMadeOtherwise() {
    assertEquals(List.of("REFUND_MISSING: REFUND"), found(refunded(), SOLD, TAKEN, Duration.ZERO));
    assertEquals(
        List.of("REFUND_MISSING", "REFUND_UNKNOWN"),
        found(refunded(), SOLD, with(with(TAKEN, 3, "p-5"), 1, "q"), Duration.ZERO));
  }

  @Test
  void givesBackWhatAFailedPaymentHasUnlessPartOfItWasGivenBack() {
    assertEquals(
        List.of("STOCK_SOLD: UNCOMMIT_STOCK", "MONEY_TAKEN: GIVE_BACK_ALL"),
        found(failed(), SOLD, TAKEN, Duration.ZERO));
    assertEquals(
        List.of("MONEY_TAKEN"), found(failed(), MISSING, with(TAKEN, 4, "p-3"), Duration.ZERO));
    assertEquals(
        List.of("MONEY_SET_ASIDE: CANCEL"),
        found(failed(), MISSING, List.of(AUTHORIZED), Duration.ZERO));
  }

  @Test
  void findsWhatTheProviderStillHasOfAPaymentThatDoesNotExist() {
    assertEquals(
        Optional.of(new LedgerMoney.Stray(euros(5), true)), LedgerMoney.stray(with(TAKEN, 4, "x")));
    assertEquals(
        Optional.of(new LedgerMoney.Stray(euros(9), false)),
        LedgerMoney.stray(List.of(AUTHORIZED)));
    for (var ledger :
        List.of(List.<Line>of(), List.of(AUTHORIZED, CANCELLED), with(TAKEN, 9, "x"))) {
      assertEquals(Optional.empty(), LedgerMoney.stray(ledger));
    }
  }

  private static List<String> found(
      PaymentLog log, Reservation reservation, List<Line> ledger, Duration age) {
    return Comparison.compare(log, new OtherSides(reservation, ledger), BEGUN.plus(age)).stream()
        .map(each -> each.kind() + each.mend().map(mend -> ": " + mend.question()).orElse(""))
        .toList();
  }

  private static PaymentLog captured() {
    return log(EventType.AUTHORIZED, EventType.STOCK_COMMITTED, EventType.CAPTURED);
  }

  private static PaymentLog refunded() {
    return log(
        EventType.AUTHORIZED,
        EventType.STOCK_COMMITTED,
        EventType.CAPTURED,
        EventType.REFUND_REQUESTED,
        EventType.REFUNDED);
  }

  private static PaymentLog failed() {
    return log(EventType.AUTHORIZED, EventType.ABORTING, EventType.FAILED);
  }

  private static PaymentLog log(EventType... types) {
    var mark = new RequestMark("r", "f");
    var intent = new Intent("p", "users/u", "reservations/r", euros(9), mark, BEGUN);
    var events = new ArrayList<LogEvent>();
    for (var type : types) {
      var isRefund = type == EventType.REFUND_REQUESTED || type == EventType.REFUNDED;
      var amount = isRefund ? Optional.of(euros(4)) : Optional.<Money>empty();
      var sequence = events.size() + 2;
      events.add(new LogEvent(sequence, type, BEGUN, Optional.empty(), amount, Optional.empty()));
    }
    return PaymentLog.of(intent, events);
  }

  private static List<Line> with(List<Line> ledger, long units, String refundId) {
    var all = new ArrayList<>(ledger);
    all.add(line(LineType.REFUNDED, units, refundId));
    return List.copyOf(all);
  }

  private static Line line(LineType type, long units, String refundId) {
    return new Line(type, Optional.of(euros(units)), refundId);
  }

  private static Money euros(long units) {
    return new Money("EUR", units, 0);
  }
}
