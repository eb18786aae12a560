package theseus.payment.values;

import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.contract.RefusedException;
import theseus.payment.contract.Violation;

/**
 * Page tokens: {@code bound} are the request's fields that must stay the same from page to page,
 * the cursor says where the next page starts.
 */
public final class Paging {
  private static final String VERSION = "1";
  private static final int BINDING_LENGTH = 16;
  private static final int DEFAULT_SIZE = 50;
  private static final int LARGEST_SIZE = 200;

  private Paging() {}

  /** How many rows to answer: 0 means 50, more than 200 means 200. */
  public static int size(int asked) {
    return asked == 0 ? DEFAULT_SIZE : Math.min(asked, LARGEST_SIZE);
  }

  public static String encode(List<String> bound, List<String> cursor) {
    var parts = Stream.concat(Stream.of(VERSION, binding(bound)), cursor.stream()).toList();
    return base64(Netstrings.encode(parts));
  }

  /**
   * The cursor in a token; PAGE_TOKEN_INVALID when it is damaged or made for other {@code bound}
   * fields.
   */
  public static List<String> decode(List<String> bound, String token) {
    var head = List.of(VERSION, binding(bound));
    return bytes(token)
        .flatMap(Netstrings::decode)
        .filter(parts -> parts.size() >= head.size() && parts.subList(0, head.size()).equals(head))
        .map(parts -> parts.subList(head.size(), parts.size()))
        .orElseThrow(Paging::invalid);
  }

  /** Also for a cursor that is none of the method's. */
  public static RefusedException invalid() {
    var violation =
        new Violation(
            "page_token", "page_token", "must be the next_page_token of the same request");
    var text = "page_token does not belong to this request";
    return RefusedException.of(ErrorReason.PAGE_TOKEN_INVALID, text, List.of(violation));
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

  private static String binding(List<String> bound) {
    return Fingerprint.of(bound).substring(0, BINDING_LENGTH);
  }
}
