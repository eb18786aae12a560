package theseus.payment.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BoundedLineTest {
  private static final String LONG = "é".repeat(100_000);

  @Test
  void aLongTextIsCut() {
    var line = parsed(Map.of("request_id", "r-1", "err", Map.of("stack", LONG)));
    var stack = line.getAsJsonObject("err").get("stack").getAsString();
    assertEquals(BoundedLine.LONGEST_TEXT, stack.length());
    assertTrue(stack.endsWith("é…"), stack.substring(stack.length() - 3));
    assertEquals("r-1", line.get("request_id").getAsString());
  }

  @Test
  void aTextIsNeverCutWithinACharacter() {
    for (var first : List.of("", "x")) {
      var line = parsed(Map.of("a", first + "\uD83D\uDE00".repeat(100_000)));
      assertTrue(line.get("a").getAsString().endsWith("\uDE00…"));
    }
  }

  @Test
  void aLongLineKeepsWhatItIsAbout() {
    var fields = new LinkedHashMap<String, Object>(Map.of("request_id", "r-1", "msg", LONG));
    for (var name : List.of("a", "b", "c", "d")) fields.put(name, LONG);
    var line = BoundedLine.of(fields).text();
    assertTrue(line.getBytes(StandardCharsets.UTF_8).length <= BoundedLine.LONGEST_LINE);
    var record = JsonParser.parseString(line).getAsJsonObject();
    assertEquals("r-1", record.get("request_id").getAsString());
    assertTrue(record.get("cut").getAsBoolean());
  }

  private static JsonObject parsed(Map<String, ?> fields) {
    return JsonParser.parseString(BoundedLine.of(fields).text()).getAsJsonObject();
  }
}
