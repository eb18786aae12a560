package theseus.payment.server;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a server listens or a client connects to: {@code unix:/path}, {@code host:port} or {@code
 * [v6]:port}.
 */
public sealed interface Address {
  record Unix(Path path) implements Address {
    @Override
    public SocketAddress toSocketAddress() {
      return UnixDomainSocketAddress.of(path);
    }

    @Override
    public String toString() {
      return "unix:" + path;
    }
  }

  record Tcp(String host, int port) implements Address {
    @Override
    public SocketAddress toSocketAddress() {
      return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }

  SocketAddress toSocketAddress();

  /** Empty for a text that is no address. */
  static Optional<Address> parse(String text) {
    if (text.startsWith("unix:")) {
      var path = text.substring("unix:".length());
      var fits = path.startsWith("/") && path.getBytes(StandardCharsets.UTF_8).length <= 107;
      return fits ? unix(path) : Optional.empty();
    }
    var parts = HOST_AND_PORT.matcher(text);
    if (!parts.matches()) return Optional.empty();
    var host = parts.group(1) == null ? parts.group(2) : parts.group(1);
    var port = Integer.parseInt(parts.group(3));
    return port > 65535 ? Optional.empty() : Optional.of(new Tcp(host, port));
  }

  private static Optional<Address> unix(String path) {
    try {
      return Optional.of(new Unix(Path.of(path)));
    } catch (InvalidPathException unusable) {
      return Optional.empty();
    }
  }

  Pattern HOST_AND_PORT =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)]|([A-Za-z0-9._-]+)):([0-9]{1,5})");
}
