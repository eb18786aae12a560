package theseus.payment.process;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A line of the log with bounded lengths: texts that are too long are cut, and end in "…" then. Of
 * a line that is still too long, only the fields stay that tell what it is about, with "cut": true.
 *
 * @param fields null and empty values are no part of the text
 * @param text JSON, without the end of the line
 */
record BoundedLine(Map<String, ?> fields, String text) {
  /** Characters. */
  static final int LONGEST_TEXT = 8192;

  /** Bytes, without the end of the line. */
  static final int LONGEST_LINE = 32_768;

  private static final int LONGEST_KEPT = 512;
  private static final List<String> KEPT =
      List.of("level", "time", "name", "event", "request_id", "trace_id", "span_id", "msg");

  static BoundedLine of(Map<String, ?> fields) {
    var line = new BoundedLine(cutTexts(fields, LONGEST_TEXT));
    if (line.text().getBytes(StandardCharsets.UTF_8).length <= LONGEST_LINE) return line;
    var kept = new LinkedHashMap<String, Object>();
    for (var name : KEPT) kept.put(name, fields.get(name));
    var shorter = cutTexts(kept, LONGEST_KEPT);
    shorter.put("cut", true);
    return new BoundedLine(shorter);
  }

  private BoundedLine(Map<String, ?> fields) {
    this(fields, JsonLine.of(fields));
  }

  private static Map<String, Object> cutTexts(Map<?, ?> fields, int longest) {
    var cut = new LinkedHashMap<String, Object>();
    fields.forEach((name, value) -> cut.put(name.toString(), cutText(value, longest)));
    return cut;
  }

  private static Object cutText(Object value, int longest) {
    if (value instanceof Optional<?> some) return cutText(some.orElse(null), longest);
    if (value instanceof Map<?, ?> inner) return cutTexts(inner, longest);
    if (value == null || value instanceof Instant || value instanceof Number) return value;
    var text = value.toString();
    if (text.length() <= longest) return value;
    var end = Character.isHighSurrogate(text.charAt(longest - 2)) ? longest - 2 : longest - 1;
    return text.substring(0, end) + "…";
  }
}
