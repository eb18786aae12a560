package theseus.payment.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A file with a secret, which nobody but its owner may read. */
final class PrivateFile {
  private PrivateFile() {}

  /**
   * What the file holds, without the line feed at its end.
   *
   * @throws IllegalArgumentException whose text says what is wrong, and nothing that the file holds
   */
  static String read(String path) {
    var content = readPrivate(path);
    var text = content.endsWith("\n") ? content.substring(0, content.length() - 1) : content;
    if (text.isEmpty()) throw new IllegalArgumentException("the file is empty");
    return text;
  }

  private static String readPrivate(String path) {
    try {
      var file = Path.of(path);
      if (Files.notExists(file)) throw new IllegalArgumentException("there is no such file");
      if (!Files.isRegularFile(file)) {
        throw new IllegalArgumentException("must be the path of a file");
      }
      var mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
      if (mode.endsWith("------")) return Files.readString(file);
    } catch (InvalidPathException none) {
      throw new IllegalArgumentException("must be the path of a file", none);
    } catch (IOException unreadable) {
      // Its message is the path, which the report has already.
      throw new IllegalArgumentException("the file cannot be read by this user", unreadable);
    }
    throw new IllegalArgumentException(
        "others may read this secret; run: chmod 600 \"" + path + "\"");
  }
}
