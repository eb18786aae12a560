package theseus.payment.drive;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells those who wait in this process that a payment's log has grown. Others are found out by
 * looking.
 */
public final class Bells {
  private final Map<String, Set<Runnable>> listeners = new ConcurrentHashMap<>();

  public void ring(String payment) {
    listeners.getOrDefault(payment, Set.of()).forEach(Runnable::run);
  }

  /** What to do at each ring; it must be quick. Running the result ends it. */
  public Runnable listen(String payment, Runnable action) {
    listeners.compute(
        payment,
        (key, present) -> {
          var actions = present == null ? ConcurrentHashMap.<Runnable>newKeySet() : present;
          actions.add(action);
          return actions;
        });
    return () ->
        listeners.computeIfPresent(
            payment,
            (key, actions) -> {
              actions.remove(action);
              return actions.isEmpty() ? null : actions;
            });
  }
}
