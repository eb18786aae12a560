package theseus.payment.drive;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells subscribers in this process that a payment's log has grown. What other processes add is
 * found only by polling the store.
 */
public final class ChangeNotifier {
  private final Map<String, Set<Runnable>> subscribers = new ConcurrentHashMap<>();

  public void notifyOf(String payment) {
    subscribers.getOrDefault(payment, Set.of()).forEach(Runnable::run);
  }

  /** Runs an action, which must be quick, at each change. Running the result unsubscribes. */
  public Runnable subscribe(String payment, Runnable action) {
    subscribers.compute(
        payment,
        (key, present) -> {
          var actions = present == null ? ConcurrentHashMap.<Runnable>newKeySet() : present;
          actions.add(action);
          return actions;
        });
    return () ->
        subscribers.computeIfPresent(
            payment,
            (key, actions) -> {
              actions.remove(action);
              return actions.isEmpty() ? null : actions;
            });
  }
}
