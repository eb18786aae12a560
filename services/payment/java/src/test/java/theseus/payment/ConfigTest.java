package theseus.payment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import theseus.payment.process.ConfigException;
import theseus.payment.process.ConfigFault;

@DisplayName("The configuration")
class ConfigTest {
  @Test
  void hasDefaults() {
    var config =
        Config.read(
            Map.of(
                "LISTEN", "127.0.0.1:0",
                "MESH", "unix:/run/mesh.sock",
                "MONGODB_URL", "mongodb://a:1,b:2/payment"));
    assertEquals(Duration.ofSeconds(20), config.recoverAfter());
    assertEquals("unix:/run/mesh.sock", config.mesh().toString());
    assertEquals("payment", config.mongodb().getDatabase());
  }

  @Test
  void tellsAllFaultsAtOnceAndNoSecret() {
    var variables =
        Map.of(
            "LISTEN", "here",
            "MESH", "127.0.0.1:0",
            "MONGODB_URL", "http://user:pa55@db",
            "RECOVER_AFTER_MS", "-1",
            "LOG_LEVEL", "loud");
    var faults = assertThrows(ConfigException.class, () -> Config.read(variables)).faults();
    assertEquals(
        List.of("LISTEN", "MESH", "MONGODB_URL", "RECOVER_AFTER_MS", "LOG_LEVEL"),
        faults.stream().map(ConfigFault::variable).toList());
    assertEquals(Optional.empty(), faults.get(2).given());
  }

  @Test
  void takesNoPathThatCannotBe() {
    var variables =
        Map.of("LISTEN", "unix:/run/\0", "MESH", "127.0.0.1:1", "MONGODB_URL", "mongodb://a/b");
    var faults = assertThrows(ConfigException.class, () -> Config.read(variables)).faults();
    assertEquals(List.of("LISTEN"), faults.stream().map(ConfigFault::variable).toList());
  }
}
