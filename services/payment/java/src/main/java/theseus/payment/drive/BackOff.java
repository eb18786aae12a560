package theseus.payment.drive;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Holds back payments whose recovery did not succeed, each time twice as long, so that one silent
 * peer does not delay the recovery of all others.
 */
final class BackOff {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private record Hold(Instant until, Duration length) {}

  private final InstantSource clock;
  private final Map<String, Hold> held = new ConcurrentHashMap<>();

  BackOff(InstantSource clock) {
    this.clock = clock;
  }

  boolean isHeld(String key) {
    var hold = held.get(key);
    return hold != null && hold.until().isAfter(clock.instant());
  }

  void hold(String key) {
    held.compute(
        key,
        (same, before) -> {
          var length = before == null ? SHORTEST : before.length().multipliedBy(2);
          if (length.compareTo(LONGEST) > 0) length = LONGEST;
          return new Hold(clock.instant().plus(length), length);
        });
  }

  void clear(String key) {
    held.remove(key);
  }

  /** Forgets all other keys. */
  void keepOnly(Set<String> keys) {
    held.keySet().retainAll(keys);
  }
}
