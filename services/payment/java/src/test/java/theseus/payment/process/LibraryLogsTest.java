package theseus.payment.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Logger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What libraries complain of")
class LibraryLogsTest {
  private final List<Object> levels = new ArrayList<>();

  private void complain(String logger, int times) {
    var log = new Log(new Stdout(), Log.Level.INFO, new Redaction(Set.of()), "test");
    LibraryLogs.goTo(log.toldTo((Map<String, ?> line) -> levels.add(line.get("level"))));
    for (var time = 0; time < times; time++) Logger.getLogger(logger).severe("no answer");
  }

  @Test
  void isLogged() {
    complain("io.netty.channel", 2);
    assertEquals(List.of("error", "error"), levels);
  }

  @Test
  void isLoggedOnceAMinuteWhenNobodyCanBeTold() {
    complain("io.opentelemetry.exporter.internal.http", 3);
    assertEquals(List.of("warn"), levels);
  }
}
