package theseus.payment.values;

import java.security.SecureRandom;
import java.util.stream.Collectors;

/** New ids: 20 characters of {@code [a-z0-9]}, 103 bits of the system's randomness. */
public final class Ids {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
  private static final SecureRandom RANDOM = new SecureRandom();

  private Ids() {}

  public static String newId() {
    return RANDOM
        .ints(20, 0, ALPHABET.length())
        .mapToObj(at -> ALPHABET.substring(at, at + 1))
        .collect(Collectors.joining());
  }
}
