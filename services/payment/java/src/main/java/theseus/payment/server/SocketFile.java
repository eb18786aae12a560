package theseus.payment.server;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The file of a unix socket. */
final class SocketFile {
  private static final int TYPE = 0170000;
  private static final int SOCKET = 0140000;

  private SocketFile() {}

  /**
   * Removes the socket of a process that has ended. Refuses when a process still listens on it, or
   * when the file is no socket.
   */
  static void removeStale(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) return;
    var mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if ((mode & TYPE) != SOCKET) throw new IOException(path + " exists and is not a socket");
    if (answers(path)) throw new IOException("another process listens on " + path);
    Files.deleteIfExists(path);
  }

  /** Sets mode 0600. Before that, the process's umask must keep others out. */
  static void makePrivate(Path path) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
  }

  private static boolean answers(Path path) {
    try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      return channel.isConnected();
    } catch (IOException nobody) {
      return false;
    }
  }
}
