package theseus.payment.process;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Writes what libraries log through java.util.logging into the log. */
public final class LibraryLogs extends Handler {
  /**
   * The parent of all loggers. A reference keeps it, and the level set on it, from being collected.
   */
  private static final Logger ROOT = Logger.getLogger("");

  /** It warns of each connection over a unix socket, because those have no keep-alive. */
  private static final Logger CONNECTING = Logger.getLogger("io.netty.bootstrap");

  /** It warns of each export that fails; of those one line a minute is enough. */
  private static final String TELEMETRY = "io.opentelemetry.";

  private static final long TELEMETRY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Log log;
  private final AtomicLong lastOfTelemetry = new AtomicLong(System.nanoTime() - TELEMETRY_NANOS);

  private LibraryLogs(Log log) {
    this.log = log;
  }

  public static void goTo(Log log) {
    LogManager.getLogManager().reset();
    ROOT.setLevel(Level.WARNING);
    CONNECTING.setLevel(Level.SEVERE);
    ROOT.addHandler(new LibraryLogs(log));
  }

  @Override
  public void publish(LogRecord entry) {
    var isOfTelemetry = String.valueOf(entry.getLoggerName()).startsWith(TELEMETRY);
    if (isOfTelemetry && !isDue()) return;
    var isSevere = entry.getLevel().intValue() >= Level.SEVERE.intValue();
    var line = isSevere && !isOfTelemetry ? log.error("library") : log.warn("library");
    line.with("logger", entry.getLoggerName())
        .cause(entry.getThrown())
        .write(String.valueOf(entry.getMessage()));
  }

  private boolean isDue() {
    var now = System.nanoTime();
    var last = lastOfTelemetry.get();
    return now - last >= TELEMETRY_NANOS && lastOfTelemetry.compareAndSet(last, now);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
