package theseus.payment.process;

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

  private final Log log;

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
    var line =
        entry.getLevel().intValue() >= Level.SEVERE.intValue()
            ? log.error("library")
            : log.warn("library");
    line.with("logger", entry.getLoggerName())
        .cause(entry.getThrown())
        .write(String.valueOf(entry.getMessage()));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
