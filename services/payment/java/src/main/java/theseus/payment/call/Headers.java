package theseus.payment.call;

import io.grpc.Metadata;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Reads headers as text. */
final class Headers {
  private Headers() {}

  /**
   * A header's value; the values of one that comes several times joined with commas, as HTTP says.
   */
  static Optional<String> text(Metadata headers, String name) {
    return Optional.ofNullable(headers.getAll(key(name)))
        .map(
            all ->
                StreamSupport.stream(all.spliterator(), false).collect(Collectors.joining(", ")));
  }

  static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
