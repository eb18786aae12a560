package theseus.payment.rpc;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Lets those who want the same go one after the other, in the order in which they came. */
public final class Turns {
  /** Who waits for each key, while somebody has its turn. */
  private final Map<String, Queue<CompletableFuture<Optional<Turn>>>> queues = new HashMap<>();

  /** Completes with the turn, which has to be passed on; empty when the time is over before. */
  CompletableFuture<Optional<Turn>> take(String key, Duration within) {
    var waiting = new CompletableFuture<Optional<Turn>>();
    synchronized (queues) {
      var queue = queues.get(key);
      if (queue != null) {
        queue.add(waiting);
        return waiting.completeOnTimeout(
            Optional.empty(), within.toMillis(), TimeUnit.MILLISECONDS);
      }
      queues.put(key, new ArrayDeque<>());
    }
    return CompletableFuture.completedFuture(Optional.of(new Turn(key)));
  }

  private void passFrom(Turn turn) {
    while (true) {
      CompletableFuture<Optional<Turn>> next;
      synchronized (queues) {
        next = queues.get(turn.key).poll();
        if (next == null) {
          queues.remove(turn.key);
          return;
        }
      }
      // Who waited for too long has left.
      if (next.complete(Optional.of(turn))) return;
    }
  }

  final class Turn {
    private final String key;

    private Turn(String key) {
      this.key = key;
    }

    /** Lets the next one go. Once for each time that the turn was taken. */
    void pass() {
      passFrom(this);
    }
  }
}
