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
 * Standard output, one JSON object a line. Lines are held back until the first one is printed,
 * which says where the process listens.
 */
public final class Stdout {
  private final OutputStream out = new FileOutputStream(FileDescriptor.out);
  private final List<String> waiting = new ArrayList<>();
  private boolean open;

  /** Prints the first line, then those that were held back. */
  public synchronized void open(Map<String, ?> first) {
    print(BoundedLine.of(first).text());
    open();
  }

  /** Prints the lines that were held back, without a first one. */
  public synchronized void open() {
    open = true;
    waiting.forEach(this::print);
    waiting.clear();
  }

  synchronized BoundedLine line(Map<String, ?> fields) {
    var line = BoundedLine.of(fields);
    if (open) print(line.text());
    else waiting.add(line.text());
    return line;
  }

  private void print(String line) {
    try {
      out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException closed) {
      // Nobody reads the output any more; the service goes on.
    }
  }
}
