package theseus.payment.values;

import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Opaque tokens: a cursor, and the fields of the request that the token is bound to. They are the
 * same in every language.
 */
final class BoundToken {
  private static final String VERSION = "1";
  private static final int BINDING_LENGTH = 16;

  private BoundToken() {}

  static String encode(List<String> bound, List<String> cursor) {
    return base64(Netstrings.encode(Stream.concat(head(bound).stream(), cursor.stream()).toList()));
  }

  /** The cursor; empty for a token that is damaged or made for other {@code bound} fields. */
  static Optional<List<String>> decode(List<String> bound, String token) {
    var head = head(bound);
    return bytes(token)
        .flatMap(Netstrings::decode)
        .filter(parts -> parts.size() >= head.size() && parts.subList(0, head.size()).equals(head))
        .map(parts -> parts.subList(head.size(), parts.size()));
  }

  private static List<String> head(List<String> bound) {
    return List.of(VERSION, Fingerprint.of(bound).substring(0, BINDING_LENGTH));
  }

  private static Optional<byte[]> bytes(String token) {
    try {
      return Optional.of(Base64.getUrlDecoder().decode(token))
          .filter(bytes -> base64(bytes).equals(token));
    } catch (IllegalArgumentException damaged) {
      return Optional.empty();
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
