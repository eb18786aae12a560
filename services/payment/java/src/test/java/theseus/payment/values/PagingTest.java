package theseus.payment.values;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.contract.RefusedException;

@DisplayName("A page token")
class PagingTest {
  private static final List<String> BOUND = List.of("ListPayments", "users/u1", "users/u1");
  private static final List<String> CURSOR = List.of("1780000000123", "k3abc");

  /** Made by another implementation. */
  private static final String TOKEN =
      "MToxLDE2OjY0YzlmNWNjMjg2YmU1NjgsMTM6MTc4MDAwMDAwMDEyMyw1OmszYWJjLA";

  @Test
  void isTheSameInEveryLanguage() {
    assertEquals(TOKEN, Paging.encode(BOUND, CURSOR));
    assertEquals(CURSOR, Paging.decode(BOUND, TOKEN));
  }

  @Test
  void belongsToOneRequest() {
    var other = List.of("ListPayments", "users/u1", "users/u2");
    var refusal = assertThrows(RefusedException.class, () -> Paging.decode(other, TOKEN));
    assertEquals(ErrorReason.PAGE_TOKEN_INVALID, refusal.reason());
    assertEquals("page_token", refusal.violations().get(0).field());
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "!", "MTox", "MTox=", "MToxLA", "MToxLDE2OjAsMA", "ÿ", "MTA6MSw"})
  void isRefusedWhenDamaged(String token) {
    assertThrows(RefusedException.class, () -> Paging.decode(BOUND, token));
    assertThrows(RefusedException.class, () -> Paging.decode(BOUND, TOKEN + token));
  }

  @Test
  void isRefusedWithAnotherSpellingOfTheSameBytes() {
    assertThrows(RefusedException.class, () -> Paging.decode(BOUND, TOKEN + "="));
  }

  @ParameterizedTest
  @CsvSource({"0,50", "1,1", "200,200", "201,200", "2147483647,200"})
  void sizesAreBounded(int asked, int size) {
    assertEquals(size, Paging.size(asked));
  }
}
