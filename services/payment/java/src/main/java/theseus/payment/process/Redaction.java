package theseus.payment.process;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Keeps confidential fields, credentials and e-mail addresses out of the log. */
public final class Redaction {
  private static final List<String> CREDENTIALS =
      List.of("authorization", "cookie", "x-theseus-claims", "secret", "token");
  /* Repetitions have an end, so that a long text takes time in proportion to its length. */

  private static final Pattern PASSWORD_IN_URL =
      Pattern.compile("\\b([a-z][a-z0-9+.-]{0,31}://)[^\\s/@]*@", Pattern.CASE_INSENSITIVE);
  private static final Pattern EMAIL =
      Pattern.compile("[^\\s@\"'<>:=(,/]{1,254}@[^\\s@\"'<>:),/]{1,254}\\.[^\\s@\"'<>:),/]{1,254}");

  private final Set<String> names = new HashSet<>(CREDENTIALS);

  /** Hides credentials, and fields with these names. */
  public Redaction(Set<String> fields) {
    names.addAll(fields);
  }

  boolean hides(String name) {
    return names.contains(name);
  }

  /** A text without e-mail addresses and without the credentials of URLs. */
  static String scrub(String text) {
    var withoutPasswords = PASSWORD_IN_URL.matcher(text).replaceAll("$1[redacted]@");
    return EMAIL.matcher(withoutPasswords).replaceAll("[redacted]");
  }
}
