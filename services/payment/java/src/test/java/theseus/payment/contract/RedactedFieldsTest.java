package theseus.payment.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import theseus.payment.v1.PaymentServiceOuterClass;

@DisplayName("Fields that are redacted")
class RedactedFieldsTest {
  @Test
  void areThoseThatTheContractMarksAlsoInImportedFiles() {
    assertEquals(
        Set.of("card_token", "cardToken"),
        RedactedFields.namesIn(PaymentServiceOuterClass.getDescriptor()));
  }
}
