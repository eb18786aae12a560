package theseus.payment.values;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.contract.RefusedException;
import theseus.payment.contract.Violation;

@DisplayName("A resume token")
class ResumeTokenTest {
  private static final String PAYMENT = "payments/k3m9x0a1b2c3d4e5f6g7";

  /** Of the storage page. */
  private static final String TOKEN = "MToxLDE2Ojc5MTQzODU5YzNiZTBjZTQsMToyLA";

  private static RefusedException refusalOf(String token) {
    return assertThrows(RefusedException.class, () -> ResumeToken.decode(PAYMENT, token));
  }

  @Test
  void isTheSameInEveryLanguage() {
    assertEquals(TOKEN, ResumeToken.encode(PAYMENT, 2));
    assertEquals(2, ResumeToken.decode(PAYMENT, TOKEN));
  }

  @Test
  void isEmptyBeforeTheFirstEvent() {
    assertEquals(0, ResumeToken.decode(PAYMENT, ""));
  }

  @Test
  void belongsToOnePayment() {
    var refusal = refusalOf(ResumeToken.encode("payments/p-1", 2));
    assertEquals(ErrorReason.RESUME_TOKEN_INVALID, refusal.reason());
    assertEquals("resume_token does not belong to this watch", refusal.getMessage());
    assertEquals(
        List.of(
            new Violation(
                "resume_token",
                "resume_token",
                "must be a resume_token of a watch of the same payment")),
        refusal.violations());
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "!", "=", "MTox", "ÿ"})
  void isRefusedWhenDamaged(String more) {
    refusalOf(more);
    refusalOf(TOKEN + more);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "012", "-1", "1.5", "100000000", "2\n", "٢", "+2", "x"})
  void isRefusedWithoutASequence(String sequence) {
    refusalOf(BoundToken.encode(List.of("WatchPayment", PAYMENT), List.of(sequence)));
  }
}
