package theseus.payment.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What is stored")
class DocumentsTest {
  private final Locale before = Locale.getDefault();

  @AfterEach
  void restore() {
    Locale.setDefault(before);
  }

  @Test
  void hasTheSameIdsWhateverTheMachinesLanguage() {
    Locale.setDefault(Locale.forLanguageTag("fa-IR"));
    assertEquals("p#00000012", Documents.eventId("p", 12));
  }
}
