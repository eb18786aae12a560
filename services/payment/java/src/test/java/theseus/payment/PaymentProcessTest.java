package theseus.payment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import theseus.payment.process.ConfigException;
import theseus.payment.process.LibraryLogs;
import theseus.payment.process.Log;
import theseus.payment.process.Redaction;
import theseus.payment.process.Stdout;
import theseus.payment.telemetry.Telemetry;

@DisplayName("A process that cannot listen")
@Timeout(20)
class PaymentProcessTest {
  @TempDir private Path folder;

  /** Those that the process and the store's driver begin; libraries keep some of their own. */
  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(each -> each.getName().matches("(io|timer|call|probe|recovery|cluster).*"))
        .collect(Collectors.toSet());
  }

  @Test
  void closesWhatItHasOpened() throws IOException, InterruptedException {
    var taken = Files.createFile(folder.resolve("app"));
    var address = "unix:" + taken;
    var variables =
        Map.of("LISTEN", address, "MESH", address, "MONGODB_URL", "mongodb://127.0.0.1:1/none");
    var log = new Log(new Stdout(), Log.Level.SILENT, new Redaction(Set.of()), "test");
    LibraryLogs.goTo(log);
    var before = threads();
    var fault =
        assertThrows(
            ConfigException.class,
            () -> PaymentProcess.start(Config.read(variables), Telemetry.none(), log));
    assertEquals("LISTEN", fault.faults().get(0).variable());
    for (var thread : threads()) {
      if (!before.contains(thread)) thread.join();
    }
  }
}
