package theseus.payment.process;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What a process's main does by the launch protocol: the listening line, signals, configuration
 * faults, exit codes.
 */
public final class Launch {
  /** {@code EX_CONFIG} of sysexits.h. */
  private static final int EXIT_CONFIG = 78;

  private static final int EXIT_FAILED = 1;

  /** The launch protocol gives a process 10 s to leave. */
  private static final Duration LONGEST_STOP = Duration.ofMillis(9800);

  private Launch() {}

  /** A process that has started. */
  public interface Running extends AutoCloseable {
    String address();

    Log log();

    @Override
    void close();
  }

  /** The version of the process. */
  public static String version() {
    var version = Launch.class.getPackage().getImplementationVersion();
    return Objects.requireNonNullElse(version, "unknown");
  }

  /** Starts a process. It may log at once; lines are held back until the listening line is out. */
  @FunctionalInterface
  public interface Start {
    Running start(Map<String, String> environment, Stdout out);
  }

  public static void run(Start start) {
    var out = new Stdout();
    var log = new Log(out, Log.Level.INFO, new Redaction(Set.of()), "main");
    var running = new AtomicReference<Running>();
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, thrown) ->
            log.error("failed")
                .with("thread", thread.getName())
                .cause(thrown)
                .write("nobody caught this"));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(running.get()), "stop"));
    try {
      running.set(start.start(System.getenv(), out));
      out.open(listening(running.get().address()));
    } catch (ConfigException failure) {
      failure.faults().forEach(fault -> out.line(toLine(fault)));
      exit(out, EXIT_CONFIG);
    } catch (RuntimeException | Error failure) {
      log.fatal("failed").cause(failure).write("the process cannot go on");
      exit(out, EXIT_FAILED);
    }
  }

  /** Runs on SIGTERM and SIGINT. Without the halt the exit status would be the signal's. */
  private static void stop(Running running) {
    if (running != null) {
      var log = running.log();
      log.info("stopping").write("finishing running calls");
      var watchdog = new Thread(() -> haltLate(log), "watchdog");
      watchdog.setDaemon(true);
      watchdog.start();
      running.close();
      log.info("stopped").write("stopped");
    }
    Runtime.getRuntime().halt(0);
  }

  private static void haltLate(Log log) {
    try {
      Thread.sleep(LONGEST_STOP.toMillis());
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    log.fatal("failed").write("running calls did not end in time");
    Runtime.getRuntime().halt(EXIT_FAILED);
  }

  private static void exit(Stdout out, int status) {
    out.open();
    Runtime.getRuntime().halt(status);
  }

  private static Map<String, Object> listening(String address) {
    var line = new LinkedHashMap<String, Object>();
    line.put("event", "listening");
    line.put("address", address);
    line.put("pid", ProcessHandle.current().pid());
    line.put("version", version());
    return line;
  }

  private static Map<String, Object> toLine(ConfigFault fault) {
    var line = new LinkedHashMap<String, Object>();
    line.put("level", Log.Level.FATAL.word());
    line.put("time", Instant.now());
    line.put("event", "config");
    line.put("variable", fault.variable());
    line.put("given", fault.given());
    line.put("msg", fault.problem());
    return line;
  }
}
