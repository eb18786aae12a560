package theseus.payment.drive;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import theseus.payment.saga.EventType;

/**
 * How long to wait before a question is asked again; empty to leave the payment to the recovery.
 */
@FunctionalInterface
public interface Patience {
  int PROVIDER_TRIES = 3;
  long FIRST_WAIT_MS = 100;
  long LONGEST_WAIT_MS = 1000;

  /** The wait after so many questions in a row that got no definite answer. */
  Optional<Duration> after(int tries, EventType state);

  /** Of somebody who comes back later. */
  static Patience none() {
    return (tries, state) -> Optional.empty();
  }

  /** Asks again ever more slowly, but of a provider that says nothing at all only a few times. */
  static Patience ofCaller(InstantSource clock, Duration longest) {
    Instant end = clock.instant().plus(longest);
    return (tries, state) -> {
      if (state == EventType.CREATED && tries >= PROVIDER_TRIES) return Optional.empty();
      if (clock.instant().isAfter(end)) return Optional.empty();
      var waitMs = FIRST_WAIT_MS << Math.min(tries - 1, 10);
      return Optional.of(Duration.ofMillis(Math.min(LONGEST_WAIT_MS, waitMs)));
    };
  }
}
