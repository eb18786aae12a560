package theseus.payment.values;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What a request says, as 64 hex digits: SHA-256 over the netstrings of its fields, the same in
 * every language.
 */
public final class Fingerprint {
  private Fingerprint() {}

  public static String of(List<String> fields) {
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(Netstrings.encode(fields));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java platform has SHA-256", impossible);
    }
  }
}
