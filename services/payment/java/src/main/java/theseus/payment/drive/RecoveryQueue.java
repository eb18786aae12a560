package theseus.payment.drive;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import theseus.payment.store.Marker;

/**
 * The order in which marked payments are taken up, so that those that cannot end do not keep others
 * waiting.
 */
final class RecoveryQueue {
  /** How many payments are taken up at once for the first time. */
  static final int FIRST_AT_ONCE = 8;

  /** How many are taken up at once that got no definite answer before. */
  static final int AGAIN_AT_ONCE = 4;

  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  /**
   * Of one payment's marks the first comes first: a later one may be of an event that is still to
   * come.
   */
  private static final Comparator<Marker> BY_AGE =
      Comparator.comparing(Marker::time).thenComparing(Marker::sequence);

  /** Who was put off the fewest times comes first, then who has waited for the longest. */
  private static final Comparator<Entry> BY_PATIENCE =
      Comparator.comparing(Entry::putOff)
          .thenComparing(Entry::due)
          .thenComparing(Entry::marker, BY_AGE);

  /**
   * A payment that waits or is worked on.
   *
   * @param putOff for how long it was put off; zero before it is first taken up
   */
  private record Entry(Marker marker, boolean underWay, Duration putOff, Instant due) {
    boolean isFirst() {
      return putOff.isZero();
    }
  }

  private final InstantSource clock;
  private Map<String, Entry> entries = new HashMap<>();

  RecoveryQueue(InstantSource clock) {
    this.clock = clock;
  }

  /** Takes over all marks that there are now. Payments without one are forgotten. */
  synchronized void put(List<Marker> marks) {
    var next = new HashMap<>(entries);
    next.values().removeIf(entry -> !entry.underWay());
    marks.stream()
        .sorted(BY_AGE)
        .forEach(marker -> next.computeIfAbsent(marker.payment(), key -> known(marker)));
    entries = next;
  }

  private Entry known(Marker marker) {
    var entry = entries.get(marker.payment());
    if (entry == null) return new Entry(marker, false, Duration.ZERO, Instant.MIN);
    return new Entry(marker, false, entry.putOff(), entry.due());
  }

  /**
   * The mark to take up next, which has a place until it is given back; empty when there is none
   * for now.
   */
  synchronized Optional<Marker> take() {
    var next = next(true, FIRST_AT_ONCE).or(() -> next(false, AGAIN_AT_ONCE));
    next.ifPresent(
        entry ->
            entries.put(
                entry.marker().payment(),
                new Entry(entry.marker(), true, entry.putOff(), entry.due())));
    return next.map(Entry::marker);
  }

  private Optional<Entry> next(boolean first, int places) {
    var all = entries.values().stream().filter(entry -> entry.isFirst() == first).toList();
    if (all.stream().filter(Entry::underWay).count() >= places) return Optional.empty();
    var now = clock.instant();
    return all.stream()
        .filter(entry -> !entry.underWay() && !entry.due().isAfter(now))
        .min(BY_PATIENCE);
  }

  /**
   * Gives a place back.
   *
   * @param done nothing is left to do; otherwise the payment is put off, each time for twice as
   *     long
   */
  synchronized void giveBack(Marker marker, boolean done) {
    if (done) entries.remove(marker.payment());
    else entries.computeIfPresent(marker.payment(), (payment, entry) -> putOff(entry));
  }

  private Entry putOff(Entry entry) {
    var length = entry.isFirst() ? SHORTEST : entry.putOff().multipliedBy(2);
    if (length.compareTo(LONGEST) > 0) length = LONGEST;
    return new Entry(entry.marker(), false, length, clock.instant().plus(length));
  }
}
