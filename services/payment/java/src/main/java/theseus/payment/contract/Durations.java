package theseus.payment.contract;

import java.time.Duration;

/** Durations of the contract as Java's. */
final class Durations {
  private Durations() {}

  static Duration toJava(com.google.protobuf.Duration duration) {
    return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
  }

  static boolean isPositive(com.google.protobuf.Duration duration) {
    return toJava(duration).compareTo(Duration.ZERO) > 0;
  }
}
