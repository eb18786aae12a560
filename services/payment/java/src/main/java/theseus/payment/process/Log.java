package theseus.payment.process;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** A log of JSON lines, each with time (ISO 8601), level (a word), name, event and message. */
public final class Log {
  /** The least important level first. */
  public enum Level {
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR,
    FATAL,
    SILENT;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Level> of(String word) {
      for (var level : values()) if (level.word().equals(word)) return Optional.of(level);
      return Optional.empty();
    }
  }

  private final Stdout out;
  private final Level least;
  private final Redaction redaction;
  private final Consumer<Map<String, ?>> listener;
  private final Map<String, String> bound;

  public Log(Stdout out, Level least, Redaction redaction, String name) {
    this(out, least, redaction, line -> {}, Map.of("name", name));
  }

  private Log(
      Stdout out,
      Level least,
      Redaction redaction,
      Consumer<Map<String, ?>> listener,
      Map<String, String> bound) {
    this.out = out;
    this.least = least;
    this.redaction = redaction;
    this.listener = listener;
    this.bound = bound;
  }

  /** A log whose every line has one more field. */
  public Log child(String name, String value) {
    var more = new LinkedHashMap<>(bound);
    more.put(name, value);
    return new Log(out, least, redaction, listener, more);
  }

  /** A log whose every line, as it is printed, is given to a listener too. */
  public Log toldTo(Consumer<Map<String, ?>> more) {
    return new Log(out, least, redaction, more, bound);
  }

  public Line info(String event) {
    return new Line(Level.INFO, event);
  }

  public Line warn(String event) {
    return new Line(Level.WARN, event);
  }

  public Line error(String event) {
    return new Line(Level.ERROR, event);
  }

  public Line fatal(String event) {
    return new Line(Level.FATAL, event);
  }

  /** A line that is being put together. */
  public final class Line {
    private final Level level;
    private final Map<String, Object> fields = new LinkedHashMap<>();

    private Line(Level level, String event) {
      this.level = level;
      fields.put("level", level.word());
      fields.put("time", Instant.now());
      fields.putAll(bound);
      fields.put("event", event);
    }

    /** A field; null and empty values are left out. */
    public Line with(String name, Object value) {
      fields.put(name, redaction.hides(name) ? "[redacted]" : value);
      return this;
    }

    public Line cause(Throwable thrown) {
      if (thrown != null) fields.put("err", describe(thrown));
      return this;
    }

    public void write(String message) {
      fields.put("msg", Redaction.scrub(message));
      write();
    }

    public void write() {
      if (level.compareTo(least) >= 0) listener.accept(out.line(fields).fields());
    }
  }

  private static Map<String, String> describe(Throwable thrown) {
    var stack = new StringWriter();
    thrown.printStackTrace(new PrintWriter(stack));
    var described = new LinkedHashMap<String, String>();
    described.put("type", thrown.getClass().getName());
    described.put(
        "message", Redaction.scrub(Objects.requireNonNullElse(thrown.getMessage(), "no text")));
    described.put("stack", Redaction.scrub(stack.toString()));
    return described;
  }
}
