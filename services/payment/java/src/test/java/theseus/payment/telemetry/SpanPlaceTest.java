package theseus.payment.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A place in a trace")
class SpanPlaceTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";

  @Test
  void isWhatATraceparentNames() {
    var place = new SpanPlace(TRACE, SPAN, "00");
    assertEquals(Optional.of(place), SpanPlace.parse(place.toTraceparent()));
    assertEquals(
        Optional.of(place), SpanPlace.parse("cc-" + TRACE + "-" + SPAN + "-00-from-later"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ff-" + TRACE + "-" + SPAN + "-01",
        "00-00000000000000000000000000000000-" + SPAN + "-01",
        "00-" + TRACE + "-0000000000000000-01",
        "00-" + TRACE + "-" + SPAN,
        "00-" + TRACE + "-" + SPAN + "-01, 00-" + TRACE + "-" + SPAN + "-01"
      })
  void isNotWhatCannotBeBelieved(String traceparent) {
    assertEquals(Optional.empty(), SpanPlace.parse(traceparent));
  }

  @Test
  void belowAnotherIsInItsTrace() {
    var below = SpanPlace.below(Optional.of(new SpanPlace(TRACE, SPAN, "00")));
    assertEquals(TRACE, below.traceId());
    assertEquals("00", below.flags());
    assertTrue(below.spanId().matches("[0-9a-f]{16}"));
  }
}
