package theseus.payment.call;

/**
 * The answers to a call. Once the call is over, for whatever reason, none of these methods has an
 * effect.
 */
public interface ResponseStream<S> {
  /** False when a message would have to wait until the caller has read earlier ones. */
  boolean isReady();

  void send(S message);

  void finish();

  /** Ends the call with the status of what was thrown. */
  void fail(Throwable thrown);

  /** Sets what to do when there is room for messages again. */
  void onReady(Runnable action);

  /** Adds what to do when the call is over, which is done at once when it is over already. */
  void onEnd(Runnable action);
}
