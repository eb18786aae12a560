package theseus.payment.saga;

/** What can be asked of the card provider and of inventory. */
public enum Question {
  AUTHORIZE,
  LOOK_AT_RESERVATION,
  COMMIT_STOCK,
  CAPTURE,
  CANCEL,
  GIVE_BACK_ALL,
  UNCOMMIT_STOCK,
  REFUND
}
