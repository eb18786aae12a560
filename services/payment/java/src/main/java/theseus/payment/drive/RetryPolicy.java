package theseus.payment.drive;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import theseus.payment.saga.EventType;

/** How long to wait before a question is asked again. */
@FunctionalInterface
public interface RetryPolicy {
  int PROVIDER_TRIES = 3;
  long FIRST_WAIT_MS = 100;
  long LONGEST_WAIT_MS = 1000;

  /**
   * The wait after {@code tries} questions in a row without a definite answer; empty to leave the
   * payment to the recovery.
   */
  Optional<Duration> waitAfter(int tries, EventType state);

  /** Asks once. */
  static RetryPolicy never() {
    return (tries, state) -> Optional.empty();
  }

  /**
   * Doubles the wait each time, for no longer than {@code longest}. A provider that does not answer
   * the authorisation is asked a few times only.
   */
  static RetryPolicy exponential(InstantSource clock, Duration longest) {
    Instant end = clock.instant().plus(longest);
    return (tries, state) -> {
      if (state == EventType.CREATED && tries >= PROVIDER_TRIES) return Optional.empty();
      if (clock.instant().isAfter(end)) return Optional.empty();
      var waitMs = FIRST_WAIT_MS << Math.min(tries - 1, 10);
      return Optional.of(Duration.ofMillis(Math.min(LONGEST_WAIT_MS, waitMs)));
    };
  }
}
