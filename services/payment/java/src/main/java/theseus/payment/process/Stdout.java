package theseus.payment.process;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Standard output, a JSON object a line. Lines wait until the first one, which says where the
 * process listens.
 */
public final class Stdout {
  private final OutputStream out = new FileOutputStream(FileDescriptor.out);
  private final List<String> waiting = new ArrayList<>();
  private boolean open;

  /** Prints a line and what has waited for it. */
  public synchronized void open(Map<String, ?> first) {
    print(JsonLine.of(first));
    open();
  }

  /** Lets lines through without a first one. */
  public synchronized void open() {
    open = true;
    waiting.forEach(this::print);
    waiting.clear();
  }

  synchronized void line(Map<String, ?> fields) {
    var line = JsonLine.of(fields);
    if (open) print(line);
    else waiting.add(line);
  }

  private void print(String line) {
    try {
      out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException closed) {
      // Whoever read this is gone; the service goes on.
    }
  }
}
