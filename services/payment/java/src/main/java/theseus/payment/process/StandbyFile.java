package theseus.payment.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Tells by a file whether the process is in standby; without a path it never is. A look that fails
 * changes nothing. Until one succeeds the process is in standby.
 */
public final class StandbyFile {
  private final Optional<Path> path;
  private final Log log;
  private boolean standby;
  private boolean failing;

  public StandbyFile(Optional<Path> path, Log log) {
    this.path = path;
    this.log = log;
    standby = path.isPresent();
  }

  public boolean isThere() {
    if (path.isEmpty()) return false;
    try {
      // Files.exists takes other failures for a file that is not there.
      Files.readAttributes(path.get(), BasicFileAttributes.class);
      standby = true;
      failing = false;
    } catch (NoSuchFileException none) {
      standby = false;
      failing = false;
    } catch (IOException failure) {
      logOnce(failure);
    }
    return standby;
  }

  private void logOnce(IOException failure) {
    if (!failing) {
      log.warn("standby-file")
          .cause(failure)
          .write("it cannot be seen whether there is a standby file; nothing changes until it can");
    }
    failing = true;
  }
}
