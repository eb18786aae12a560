package theseus.payment.values;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A fingerprint")
class FingerprintTest {
  @Test
  void isTheSameInEveryLanguage() {
    assertEquals(
        "64e2ef2e567003ef5fc2a9e80e824a57c00ddfdfe972eb7ea9e7d11780207359",
        Fingerprint.of(List.of("reservations/r-1", "card-ok")));
    assertEquals(
        "1dc68686397959048fa00e20d460fcc83f359261b93eb86fe2a7b8e5e94b288c",
        Fingerprint.of(List.of("payments/p-1", "EUR", "12", "500000000")));
    assertEquals(
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        Fingerprint.of(List.of()));
    assertEquals(
        "51ddc3d3aab4bcdd5d9d05113ad3f30df64b043dc710aefcdb0de249447e05e4",
        Fingerprint.of(List.of("ü€😀", "")));
  }

  @Test
  void tellsWhereAFieldEnds() {
    assertNotEquals(Fingerprint.of(List.of("ab", "c")), Fingerprint.of(List.of("a", "bc")));
  }
}
