package theseus.payment.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Redaction")
class RedactionTest {
  @Test
  void hidesFieldsAndCredentials() {
    var redaction = new Redaction(Set.of("card_token"));
    assertTrue(redaction.hides("card_token"));
    assertTrue(redaction.hides("authorization"));
    assertFalse(redaction.hides("reservation"));
  }

  @Test
  void scrubsTextsOfOthers() {
    assertEquals(
        "cannot reach mongodb://[redacted]@db:27017/payment",
        Redaction.scrub("cannot reach mongodb://payment:pa55@db:27017/payment"));
    assertEquals("no [redacted] here", Redaction.scrub("no alice@example.com here"));
  }
}
