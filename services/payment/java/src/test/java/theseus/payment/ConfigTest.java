package theseus.payment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import theseus.payment.call.Identity;
import theseus.payment.process.ConfigException;
import theseus.payment.process.ConfigFault;
import theseus.payment.telemetry.TelemetrySettings;

@DisplayName("The configuration")
class ConfigTest {
  /** What is needed, and more. */
  private static Map<String, String> with(Map<String, String> more) {
    var variables =
        new HashMap<>(
            Map.of(
                "LISTEN", "127.0.0.1:0",
                "MESH", "unix:/run/mesh.sock",
                "MONGODB_URL", "mongodb://a:1,b:2/payment"));
    variables.putAll(more);
    return variables;
  }

  private static List<String> faulty(Map<String, String> variables) {
    return assertThrows(ConfigException.class, () -> Config.read(variables)).faults().stream()
        .map(ConfigFault::variable)
        .toList();
  }

  @Test
  void hasDefaults() {
    var config = Config.read(with(Map.of()));
    assertEquals(Duration.ofSeconds(20), config.recoverAfter());
    assertEquals("unix:/run/mesh.sock", config.mesh().toString());
    assertEquals("payment", config.mongodb().getDatabase());
    assertEquals(Optional.empty(), config.identity());
  }

  @Test
  void hasAStandbyFileWithAnAbsolutePath() {
    assertEquals(Optional.empty(), Config.read(with(Map.of())).standbyFile());
    var config = Config.read(with(Map.of("LAUNCH_STANDBY_FILE", "/run/standby")));
    assertEquals(Optional.of(Path.of("/run/standby")), config.standbyFile());
    assertEquals(
        List.of("LAUNCH_STANDBY_FILE"), faulty(with(Map.of("LAUNCH_STANDBY_FILE", "standby"))));
  }

  @Test
  void tellsWhoCallersAndUsersAre() {
    assertEquals(
        Optional.of(new Identity.Settings("shop_1.example-a", "people/", "root")),
        Config.read(
                with(
                    Map.of(
                        "TRUST_DOMAIN", "shop_1.example-a",
                        "TOKEN_SUBJECT_PREFIX", "people/",
                        "ADMIN_ROLE", "root")))
            .identity());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TRUST_DOMAIN", "TOKEN_SUBJECT_PREFIX", "ADMIN_ROLE"})
  void namesWhatIsMissingBesideOthers(String given) {
    var missing = new ArrayList<>(List.of("TRUST_DOMAIN", "TOKEN_SUBJECT_PREFIX", "ADMIN_ROLE"));
    missing.remove(given);
    assertEquals(missing, faulty(with(Map.of(given, "a"))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Shop", "spiffe://shop", "shop/ns", "shop:1", "shop ", "shöp"})
  void takesNoOtherTrustDomainsAndTellsThatToo(String domain) {
    var variables = Map.of("TRUST_DOMAIN", domain, "TOKEN_SUBJECT_PREFIX", "users/");
    assertEquals(List.of("ADMIN_ROLE", "TRUST_DOMAIN"), faulty(with(variables)));
  }

  @Test
  void takesTrustDomainsOf255Characters() {
    var domain = "a".repeat(255);
    var others = Map.of("TOKEN_SUBJECT_PREFIX", "users/", "ADMIN_ROLE", "admin");
    var variables = new HashMap<>(with(others));
    variables.put("TRUST_DOMAIN", domain);
    assertEquals(domain, Config.read(variables).identity().orElseThrow().trustDomain());
    variables.put("TRUST_DOMAIN", domain + "a");
    assertEquals(List.of("TRUST_DOMAIN"), faulty(variables));
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
  void tellsNobodyWithoutAnEndpoint() {
    assertEquals(Optional.empty(), Config.read(with(Map.of())).telemetry());
    var empty = Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "", "OTEL_BSP_SCHEDULE_DELAY", "10");
    assertEquals(Optional.empty(), Config.read(with(empty)).telemetry());
  }

  @Test
  void tellsWhomTheEndpointNames() {
    var variables =
        Map.of(
            "OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318",
            "OTEL_RESOURCE_ATTRIBUTES", "a=one%20of%20ours, b=1+1",
            "OTEL_BSP_SCHEDULE_DELAY", "10");
    assertEquals(
        Optional.of(
            new TelemetrySettings(
                URI.create("http://collector:4318"),
                Map.of("a", "one of ours", "b", "1+1"),
                Duration.ofMillis(10),
                Duration.ofSeconds(1),
                Duration.ofMinutes(1))),
        Config.read(with(variables)).telemetry());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=%zz", "a", "=a", "a=1,,b=2"})
  void saysNothingOfDamagedAttributes(String attributes) {
    var variables =
        Map.of(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "http://collector:4318",
            "OTEL_RESOURCE_ATTRIBUTES",
            attributes);
    var told = Config.read(with(variables)).telemetry().orElseThrow();
    assertEquals(Map.of(), told.resource());
  }

  @ParameterizedTest
  @ValueSource(strings = {"collector", "collector:4318", "ftp://a", "http://", "http:///a b"})
  void tellsNobodyWhoIsNoUrl(String endpoint) {
    var variables = with(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint, "LOG_LEVEL", "loud"));
    assertEquals(List.of("LOG_LEVEL", "OTEL_EXPORTER_OTLP_ENDPOINT"), faulty(variables));
  }

  @Test
  void takesNoPathThatCannotBe() {
    var variables =
        Map.of("LISTEN", "unix:/run/\0", "MESH", "127.0.0.1:1", "MONGODB_URL", "mongodb://a/b");
    var faults = assertThrows(ConfigException.class, () -> Config.read(variables)).faults();
    assertEquals(List.of("LISTEN"), faults.stream().map(ConfigFault::variable).toList());
  }
}
