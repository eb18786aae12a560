package theseus.payment.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import theseus.payment.v1.PaymentServiceOuterClass;

@DisplayName("Redaction")
class RedactionTest {
  @Test
  void hidesWhatTheContractMarks() {
    var redaction = new Redaction(PaymentServiceOuterClass.getDescriptor());
    assertTrue(redaction.hides("card_token"));
    assertTrue(redaction.hides("cardToken"));
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
