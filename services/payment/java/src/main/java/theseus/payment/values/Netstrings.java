package theseus.payment.values;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * {@code <length in bytes>:<utf-8>,} for each part: no two lists of parts have the same encoding.
 */
final class Netstrings {
  private static final int MOST_DIGITS = 7;

  private Netstrings() {}

  static byte[] encode(List<String> parts) {
    var bytes = new ByteArrayOutputStream();
    for (var part : parts) {
      var text = part.getBytes(StandardCharsets.UTF_8);
      bytes.writeBytes((text.length + ":").getBytes(StandardCharsets.UTF_8));
      bytes.writeBytes(text);
      bytes.write(',');
    }
    return bytes.toByteArray();
  }

  /** The parts again, or empty when the bytes are not exactly a list of netstrings in UTF-8. */
  static Optional<List<String>> decode(byte[] bytes) {
    var parts = new ArrayList<String>();
    for (var at = 0; at < bytes.length; ) {
      var length = 0;
      var digits = 0;
      for (; at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
        if (++digits > MOST_DIGITS) return Optional.empty();
        length = 10 * length + bytes[at] - '0';
      }
      var end = at + 1 + length;
      if (end >= bytes.length || bytes[at] != ':' || bytes[end] != ',') return Optional.empty();
      parts.add(new String(bytes, at + 1, length, StandardCharsets.UTF_8));
      at = end + 1;
    }
    return Optional.<List<String>>of(parts).filter(all -> Arrays.equals(encode(all), bytes));
  }
}
