package theseus.payment.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Turns")
class TurnsTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final Turns turns = new Turns();

  @Test
  void comeInTheOrderOfTheCallers() {
    var first = turns.take("p", LONG).join().orElseThrow();
    var order = new ArrayList<Integer>();
    var others =
        Stream.of(0, 1, 2)
            .map(
                number ->
                    turns
                        .take("p", LONG)
                        .thenAccept(
                            turn -> {
                              order.add(number);
                              turn.orElseThrow().pass();
                            }))
            .toList();
    assertEquals(List.of(), order);
    first.pass();
    others.forEach(CompletableFuture::join);
    assertEquals(List.of(0, 1, 2), order);
    assertTrue(turns.take("p", LONG).isDone());
  }

  @Test
  void ofDifferentPaymentsDoNotWait() {
    assertTrue(turns.take("p", LONG).isDone());
    assertTrue(turns.take("q", LONG).isDone());
  }

  @Test
  void doNotComeToThoseWhoHaveLeft() {
    var first = turns.take("p", LONG).join().orElseThrow();
    var impatient = turns.take("p", Duration.ZERO);
    var patient = turns.take("p", LONG);
    assertTrue(impatient.join().isEmpty());
    assertFalse(patient.isDone());
    first.pass();
    assertTrue(patient.join().isPresent());
  }
}
