package theseus.payment.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import theseus.payment.process.Environment.Kind;

@DisplayName("A secret of the environment")
class EnvironmentTest {
  private static final String SECRET = "secret://hunter2";
  private static final Kind<String> KIND =
      new Kind<>(
          "must be a secret",
          text -> Optional.of(text).filter(each -> each.startsWith("secret:")),
          true);

  @TempDir Path folder;

  private String file(String content, String mode) throws IOException {
    var path = Files.writeString(folder.resolve("url"), content);
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode)).toString();
  }

  private static Optional<String> read(Map<String, String> variables) {
    var environment = new Environment(variables);
    var value = environment.secret("URL", KIND);
    environment.check();
    return value;
  }

  private static ConfigFault fault(Map<String, String> variables) {
    var faults = assertThrows(ConfigException.class, () -> read(variables)).faults();
    assertEquals(1, faults.size());
    assertFalse(faults.toString().contains("hunter2"));
    return faults.get(0);
  }

  private static ConfigFault fileFault(String path, String problem) {
    var fault = fault(Map.of("URL_FILE", path));
    assertEquals("URL_FILE", fault.variable());
    assertTrue(fault.problem().startsWith(problem), fault.problem());
    return fault;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n"})
  void isInItsVariableOrInAPrivateFile(String end) throws IOException {
    assertEquals(Optional.of(SECRET), read(Map.of("URL", SECRET, "URL_FILE", "")));
    var path = file(SECRET + end, "r--------");
    assertEquals(Optional.of(SECRET), read(Map.of("URL", "", "URL_FILE", path)));
  }

  @Test
  void comesInOneWay() throws IOException {
    var both = fault(Map.of("URL", SECRET, "URL_FILE", file(SECRET, "rw-------")));
    assertEquals("URL_FILE", both.variable());
    assertEquals("is set, and so is URL; set one of them", both.problem());
    var neither = fault(Map.of());
    assertEquals("URL", neither.variable());
    assertEquals(
        "is not set; must be a secret; or URL_FILE must name a private file that holds it",
        neither.problem());
  }

  @Test
  void isNotRepeatedWhenItIsNone() {
    assertEquals(
        new ConfigFault("URL", Optional.empty(), "must be a secret"),
        fault(Map.of("URL", "hunter2")));
  }

  @Test
  void needsAFile() {
    fileFault(folder.toString(), "must be the path of a file");
    fileFault("a\0b", "must be the path of a file");
    fileFault(folder.resolve("no").toString(), "there is no such file");
  }

  @ParameterizedTest
  @CsvSource({
    "secret://hunter2, rw-r-----, others may read this secret; run: chmod 600",
    "secret://hunter2, rw-----w-, others may read this secret; run: chmod 600",
    "'', rw-------, the file is empty",
    "'\n', rw-------, the file is empty",
    "hunter2, rw-------, what the file holds must be a secret",
  })
  void needsAPrivateFileThatHoldsIt(String content, String mode, String problem)
      throws IOException {
    var path = file(content, mode);
    assertEquals(Optional.of(path), fileFault(path, problem).given());
  }
}
