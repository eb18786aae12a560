package theseus.payment.saga;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A payment's log")
class PaymentLogTest {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final Money TEN = new Money("EUR", 10, 0);
  private static final Money THREE = new Money("EUR", 3, 0);
  private static final PaymentLog CREATED =
      PaymentLog.of(
          new Intent("p", "users/u", "reservations/r", TEN, new RequestMark("q", "f"), START),
          List.of());

  private static PaymentLog append(PaymentLog log, EventType type) {
    return log.with(List.of(log.next(new Move.Append(type, Optional.empty()), START)));
  }

  private static PaymentLog captured() {
    return append(
        append(append(CREATED, EventType.AUTHORIZED), EventType.STOCK_COMMITTED),
        EventType.CAPTURED);
  }

  private static PaymentLog askForRefund(PaymentLog log, Money amount) {
    var wish = log.next(Saga.onRefund(log.state()).orElseThrow(), START);
    var mark = new RefundMark("users/admin", new RequestMark("q2", "f2"));
    return log.with(List.of(wish.asking(amount, mark)));
  }

  @Test
  void beginsWithTheIntent() {
    assertEquals(EventType.CREATED, CREATED.state());
    assertEquals(1, CREATED.last().sequence());
    assertEquals(START, CREATED.last().time());
  }

  @Test
  void neverGoesBackInTime() {
    var event =
        CREATED.next(
            new Move.Append(EventType.AUTHORIZED, Optional.empty()), START.minusSeconds(9));
    assertEquals(START, event.time());
  }

  @Test
  void repeatsOnFailedWhyItWasAborting() {
    var abort = new Move.Append(EventType.ABORTING, Optional.of(Failure.RESERVATION_GONE));
    var failed = append(CREATED.with(List.of(CREATED.next(abort, START))), EventType.FAILED);
    assertEquals(Optional.of(Failure.RESERVATION_GONE), failed.last().failure());
  }

  @Test
  void countsOnlyWhatWasCarriedOutAsRefunded() {
    var asked = askForRefund(captured(), THREE);
    assertEquals(Money.none("EUR"), asked.refunded());
    var refunded = append(asked, EventType.REFUNDED);
    assertEquals(THREE, refunded.refunded());
    assertEquals(new Money("EUR", 7, 0), refunded.refundable());
  }

  @Test
  void isAsItWasWhenPaidAndWhenRefunded() {
    var asked = askForRefund(captured(), THREE);
    var later = append(askForRefund(append(asked, EventType.REFUNDED), TEN), EventType.REFUNDED);
    assertEquals(captured(), later.asPaid());
    assertEquals(THREE, later.asRefunded(asked.last()).refunded());
  }
}
