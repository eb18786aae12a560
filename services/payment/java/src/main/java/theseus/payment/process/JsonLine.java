package theseus.payment.process;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;

/** A map as one line of JSON; null and empty values are left out. */
final class JsonLine {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

  private JsonLine() {}

  static String of(Map<String, ?> fields) {
    var text = new StringWriter();
    try (var json = new JsonWriter(text)) {
      write(json, fields);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }

  private static void write(JsonWriter json, Map<?, ?> fields) throws IOException {
    json.beginObject();
    for (var field : fields.entrySet()) {
      var value =
          field.getValue() instanceof Optional<?> some ? some.orElse(null) : field.getValue();
      if (value == null) continue;
      json.name(field.getKey().toString());
      if (value instanceof Map<?, ?> inner) write(json, inner);
      else if (value instanceof Number number) json.value(number);
      else if (value instanceof Boolean truth) json.value(truth);
      else if (value instanceof Instant time) json.value(TIME.format(time));
      else json.value(value.toString());
    }
    json.endObject();
  }
}
