package theseus.payment.drive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import theseus.payment.store.Marker;

@DisplayName("The order of recovery")
class RecoveryQueueTest {
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  private Instant now = BEGIN;
  private final RecoveryQueue queue = new RecoveryQueue(() -> now);

  @Test
  void isByAgeForPaymentsThatWereNotTakenUpYet() {
    queue.put(IntStream.range(0, 10).mapToObj(at -> marker("p" + at, at, 1)).toList());
    assertEquals(List.of("p9", "p8", "p7", "p6", "p5", "p4", "p3", "p2"), payments(takeAll()));
    queue.giveBack(marker("p9", 9, 1), true);
    assertEquals(List.of("p1"), payments(takeAll()));
  }

  @Test
  void keepsPlacesForNewPaymentsHoweverManyGotNoAnswerBefore() {
    queue.put(many("stuck", 200));
    fail(1);
    assertEquals(4, takeAll().size());
    queue.put(with(many("stuck", 200), marker("new", 0, 1)));
    assertEquals(List.of("new"), payments(takeAll()));
  }

  @Test
  void beginsWithThoseThatWerePutOffTheFewestTimes() {
    queue.put(many("stuck", 200));
    fail(5);
    queue.put(with(many("stuck", 200), marker("unlucky", 0, 1)));
    var unlucky = queue.take().orElseThrow();
    assertEquals("unlucky", unlucky.payment());
    queue.giveBack(unlucky, false);
    now = now.plusSeconds(1);
    assertEquals("unlucky", queue.take().orElseThrow().payment());
  }

  @Test
  void putsPaymentsOffForLongerAndLonger() {
    queue.put(many("p", 1));
    for (var seconds : List.of(1, 2, 4, 8, 16, 30, 30)) {
      var taken = takeAll();
      assertEquals(1, taken.size());
      queue.giveBack(taken.get(0), false);
      now = now.plusSeconds(seconds).minusMillis(1);
      assertTrue(queue.take().isEmpty());
      now = now.plusMillis(1);
    }
  }

  @Test
  void takesPaymentsUpByTheirFirstMarkAndNotTwiceAtOnce() {
    queue.put(List.of(marker("p", 0, 5), marker("p", 10, 1)));
    assertEquals(1, queue.take().orElseThrow().sequence());
    queue.put(List.of(marker("p", 0, 5)));
    assertTrue(queue.take().isEmpty());
  }

  @Test
  void forgetsPaymentsThatHaveNoMarkAnyMore() {
    queue.put(many("p", 1));
    fail(3);
    queue.put(List.of());
    queue.put(with(many("other", 7), marker("p0", 0, 1)));
    assertTrue(payments(takeAll()).contains("p0"));
  }

  private static Marker marker(String payment, int age, int sequence) {
    return new Marker(payment, sequence, BEGIN.minus(Duration.ofSeconds(age)));
  }

  private static List<Marker> many(String name, int count) {
    return IntStream.range(0, count).mapToObj(at -> marker(name + at, 0, 1)).toList();
  }

  private static List<Marker> with(List<Marker> markers, Marker another) {
    var all = new ArrayList<>(markers);
    all.add(another);
    return all;
  }

  private static List<String> payments(List<Marker> markers) {
    return markers.stream().map(Marker::payment).toList();
  }

  private List<Marker> takeAll() {
    var taken = new ArrayList<Marker>();
    for (var next = queue.take(); next.isPresent(); next = queue.take()) taken.add(next.get());
    return taken;
  }

  /** Takes up what there is, again and again, without an answer. */
  private void fail(int times) {
    for (var time = 0; time < times; time++) {
      for (var taken = takeAll(); !taken.isEmpty(); taken = takeAll()) {
        taken.forEach(marker -> queue.giveBack(marker, false));
      }
      now = now.plusSeconds(30);
    }
  }
}
