package theseus.payment.values;

import java.util.List;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.contract.RefusedException;
import theseus.payment.contract.Violation;

/** Where a watch of one payment goes on: the sequence of the last event that was told. */
public final class ResumeToken {
  private ResumeToken() {}

  public static String encode(String payment, int sequence) {
    return BoundToken.encode(bound(payment), List.of(Integer.toString(sequence)));
  }

  /**
   * The sequence in a token, 0 in an empty one; RESUME_TOKEN_INVALID when it is damaged or another
   * payment's.
   */
  public static int decode(String payment, String token) {
    if (token.isEmpty()) return 0;
    return BoundToken.decode(bound(payment), token)
        .filter(cursor -> cursor.size() == 1 && cursor.get(0).matches("[1-9][0-9]{0,7}"))
        .map(cursor -> Integer.parseInt(cursor.get(0)))
        .orElseThrow(ResumeToken::invalid);
  }

  private static List<String> bound(String payment) {
    return List.of("WatchPayment", payment);
  }

  /** Also for the sequence of an event that is not in the log. */
  public static RefusedException invalid() {
    var violation =
        new Violation(
            "resume_token",
            "resume_token",
            "must be a resume_token of a watch of the same payment");
    var text = "resume_token does not belong to this watch";
    return RefusedException.of(ErrorReason.RESUME_TOKEN_INVALID, text, List.of(violation));
  }
}
