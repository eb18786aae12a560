package theseus.payment.call;

/**
 * Where the answers to a call go. Once the call is over, whichever way, nothing here has an effect.
 */
public interface ResponseStream<S> {
  /** True when a message would not have to wait for the caller to read. */
  boolean isReady();

  void send(S message);

  void finish();

  /** Ends the call with the status of what was thrown. */
  void fail(Throwable thrown);

  /** What to do when there is room for messages again. */
  void onReady(Runnable action);

  /** What to do when the call is over; at once when it is already. */
  void onEnd(Runnable action);
}
