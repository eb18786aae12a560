package theseus.payment.process;

import java.util.ArrayDeque;
import java.util.Deque;

/** Closes what was opened, in the opposite order. */
public final class CloseStack implements AutoCloseable {
  private final Deque<Runnable> actions = new ArrayDeque<>();

  /** Adds what closes the resource that was just opened. */
  public void add(Runnable close) {
    actions.push(close);
  }

  /** Goes on after a failure, and throws the first one with the others suppressed. */
  @Override
  public void close() {
    RuntimeException first = null;
    while (!actions.isEmpty()) {
      try {
        actions.pop().run();
      } catch (RuntimeException failure) {
        if (first == null) first = failure;
        else first.addSuppressed(failure);
      }
    }
    if (first != null) throw first;
  }
}
