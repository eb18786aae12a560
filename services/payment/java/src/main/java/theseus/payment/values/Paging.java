package theseus.payment.values;

import java.util.List;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.contract.RefusedException;
import theseus.payment.contract.Violation;

/**
 * Page tokens: {@code bound} are the request's fields that must stay the same from page to page,
 * the cursor says where the next page starts.
 */
public final class Paging {
  private static final int DEFAULT_SIZE = 50;
  private static final int LARGEST_SIZE = 200;

  private Paging() {}

  /** How many rows to answer: 0 means 50, more than 200 means 200. */
  public static int size(int asked) {
    return asked == 0 ? DEFAULT_SIZE : Math.min(asked, LARGEST_SIZE);
  }

  public static String encode(List<String> bound, List<String> cursor) {
    return BoundToken.encode(bound, cursor);
  }

  /**
   * The cursor in a token; PAGE_TOKEN_INVALID when it is damaged or made for other {@code bound}
   * fields.
   */
  public static List<String> decode(List<String> bound, String token) {
    return BoundToken.decode(bound, token).orElseThrow(Paging::invalid);
  }

  /** Also for a cursor that is none of the method's. */
  public static RefusedException invalid() {
    var violation =
        new Violation(
            "page_token", "page_token", "must be the next_page_token of the same request");
    var text = "page_token does not belong to this request";
    return RefusedException.of(ErrorReason.PAGE_TOKEN_INVALID, text, List.of(violation));
  }
}
