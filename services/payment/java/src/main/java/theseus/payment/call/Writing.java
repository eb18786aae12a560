package theseus.payment.call;

import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.contract.RefusedException;

/** The calls of methods that write, which are refused in standby. It begins in standby. */
public final class Writing {
  private boolean taken;
  private int underWay;

  public synchronized void begin() {
    taken = true;
  }

  /**
   * Refuses new calls, and waits until those under way are over and nothing of their handlers goes
   * on.
   */
  public synchronized void end() throws InterruptedException {
    taken = false;
    while (underWay > 0) wait();
  }

  /** Whoever enters leaves once. */
  synchronized void enter() {
    if (!taken) {
      throw new RefusedException(
          ErrorReason.SERVICE_UNAVAILABLE, "this process is in standby: it answers reads alone");
    }
    underWay++;
  }

  synchronized void leave() {
    underWay--;
    notifyAll();
  }
}
