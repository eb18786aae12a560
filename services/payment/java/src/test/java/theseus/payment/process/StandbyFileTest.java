package theseus.payment.process;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A standby file")
class StandbyFileTest {
  private static final Log SILENT =
      new Log(new Stdout(), Log.Level.SILENT, new Redaction(Set.of()), "test");

  @TempDir private Path folder;

  private static StandbyFile at(Path path) {
    return new StandbyFile(Optional.of(path), SILENT);
  }

  @Test
  void meansStandbyWhileItIsThere() throws IOException {
    var path = folder.resolve("standby");
    var file = at(path);
    assertFalse(file.isThere());
    Files.createFile(path);
    assertTrue(file.isThere());
    Files.delete(path);
    assertFalse(file.isThere());
    assertFalse(new StandbyFile(Optional.empty(), SILENT).isThere());
  }

  @Test
  void changesNothingWhenItCannotBeLookedFor() throws IOException {
    var noFolder = folder.resolve("run");
    Files.createDirectory(noFolder);
    var path = noFolder.resolve("standby");
    var active = at(path);
    assertFalse(active.isThere());
    Files.delete(noFolder);
    Files.createFile(noFolder);
    assertFalse(active.isThere());
    assertTrue(at(path).isThere());
  }
}
