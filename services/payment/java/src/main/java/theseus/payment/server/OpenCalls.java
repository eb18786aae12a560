package theseus.payment.server;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;

/** The calls under way, so that a server that stops can end them. */
record OpenCalls(ScheduledExecutorService scheduler, Set<Exchange<?, ?>> exchanges) {
  OpenCalls(ScheduledExecutorService scheduler) {
    this(scheduler, ConcurrentHashMap.newKeySet());
  }

  void add(Exchange<?, ?> exchange) {
    exchanges.add(exchange);
  }

  void remove(Exchange<?, ?> exchange) {
    exchanges.remove(exchange);
  }

  /** Streams would go on for an hour; all other calls may finish. */
  void endStreams() {
    exchanges.stream()
        .filter(Exchange::isStream)
        .forEach(
            stream ->
                stream.fail(
                    unavailable("the server is stopping; ask again where the stream ended")));
  }

  void cutOff() {
    exchanges.forEach(exchange -> exchange.fail(unavailable("the server has stopped")));
  }

  private static RefusedException unavailable(String text) {
    return new RefusedException(ErrorReason.SERVICE_UNAVAILABLE, text);
  }
}
