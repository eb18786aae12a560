package theseus.payment.store;

/** The store cannot be reached, or could not say whether it did what was asked. */
public final class StoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StoreUnavailableException(Throwable cause) {
    super("the store cannot be reached", cause);
  }
}
