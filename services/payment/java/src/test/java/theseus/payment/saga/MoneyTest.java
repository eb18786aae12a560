package theseus.payment.saga;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Money")
class MoneyTest {
  private static Money eur(long units, int nanos) {
    return new Money("EUR", units, nanos);
  }

  @Test
  void carriesAndBorrows() {
    assertEquals(eur(3, 200_000_000), eur(1, 700_000_000).plus(eur(1, 500_000_000)));
    assertEquals(eur(1, 700_000_000), eur(3, 200_000_000).minus(eur(1, 500_000_000)));
  }

  @Test
  void isExactBeyondDoubles() {
    assertEquals(eur(Long.MAX_VALUE, 1), eur(Long.MAX_VALUE, 0).plus(eur(0, 1)));
    assertTrue(eur(9_007_199_254_740_993L, 0).isMoreThan(eur(9_007_199_254_740_992L, 0)));
  }

  @Test
  void refusesWhatDoesNotFit() {
    var most = eur(Long.MAX_VALUE, 999_999_999);
    assertThrows(ArithmeticException.class, () -> most.plus(eur(0, 1)));
    assertThrows(ArithmeticException.class, () -> eur(1, 0).minus(eur(1, 1)));
  }

  @Test
  void refusesOtherCurrencies() {
    var yen = new Money("JPY", 1, 0);
    assertThrows(ArithmeticException.class, () -> eur(1, 0).plus(yen));
    assertThrows(ArithmeticException.class, () -> eur(1, 0).isMoreThan(yen));
  }

  @Test
  void isNotMoreThanItself() {
    assertFalse(eur(1, 1).isMoreThan(eur(1, 1)));
  }

  @Test
  void readsLikeAnAmount() {
    assertEquals("12.5 EUR", eur(12, 500_000_000).toText());
    assertEquals("12 EUR", eur(12, 0).toText());
    assertEquals("0.000000001 EUR", eur(0, 1).toText());
  }

  @Test
  void readsTheSameWhateverTheMachinesLanguage() {
    var before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG"));
    try {
      assertEquals("12.5 EUR", eur(12, 500_000_000).toText());
    } finally {
      Locale.setDefault(before);
    }
  }
}
