package theseus.payment.call;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.contract.RefusedException;

/** The calls under way, for a server that stops to end them. */
public final class OpenCalls {
  private final ScheduledExecutorService scheduler;
  private final Set<Exchange<?, ?>> exchanges = ConcurrentHashMap.newKeySet();
  private volatile boolean ending;

  public OpenCalls(ScheduledExecutorService scheduler) {
    this.scheduler = scheduler;
  }

  ScheduledExecutorService scheduler() {
    return scheduler;
  }

  void add(Exchange<?, ?> exchange) {
    exchanges.add(exchange);
    // Clients that do not know yet that the server stops still begin calls.
    if (ending) endStream(exchange);
  }

  void remove(Exchange<?, ?> exchange) {
    exchanges.remove(exchange);
  }

  /** Ends streams, which can last an hour. All other calls may finish. */
  public void endStreams() {
    ending = true;
    exchanges.forEach(OpenCalls::endStream);
  }

  public void cutOff() {
    exchanges.forEach(exchange -> exchange.cutOff(unavailable("the server has stopped")));
  }

  private static void endStream(Exchange<?, ?> exchange) {
    if (!exchange.isStream()) return;
    exchange.cutOff(unavailable("the server is stopping; ask again where the stream ended"));
  }

  private static RefusedException unavailable(String text) {
    return new RefusedException(ErrorReason.SERVICE_UNAVAILABLE, text);
  }
}
