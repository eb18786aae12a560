package theseus.payment.saga;

import static theseus.payment.saga.EventType.ABORTING;
import static theseus.payment.saga.EventType.AUTHORIZED;
import static theseus.payment.saga.EventType.CAPTURED;
import static theseus.payment.saga.EventType.CREATED;
import static theseus.payment.saga.EventType.FAILED;
import static theseus.payment.saga.EventType.REFUNDED;
import static theseus.payment.saga.EventType.REFUND_REQUESTED;
import static theseus.payment.saga.EventType.STOCK_COMMITTED;
import static theseus.payment.saga.Failure.CAPTURE_REFUSED;
import static theseus.payment.saga.Failure.RESERVATION_GONE;
import static theseus.payment.saga.Failure.RESERVATION_TAKEN;
import static theseus.payment.saga.Question.AUTHORIZE;
import static theseus.payment.saga.Question.CANCEL;
import static theseus.payment.saga.Question.CAPTURE;
import static theseus.payment.saga.Question.COMMIT_STOCK;
import static theseus.payment.saga.Question.GIVE_BACK_ALL;
import static theseus.payment.saga.Question.LOOK_AT_RESERVATION;
import static theseus.payment.saga.Question.REFUND;
import static theseus.payment.saga.Question.UNCOMMIT_STOCK;

import java.util.Map;
import java.util.Optional;

/**
 * The saga as a table. Only a definite refusal leads to ABORTING; an unknown answer leaves the
 * state as it is. Nothing is done before the event that leads to it is in the log. A state that is
 * not in the table is at rest.
 */
public final class Saga {
  private static final Move WAIT = new Move.Wait();

  /**
   * A state in which there is something to ask. Each pass begins with the first question, also when
   * an earlier pass came further.
   */
  private record Active(Question first, Map<Question, Map<Answer, Move>> replies) {}

  private static final Map<EventType, Active> TABLE =
      Map.of(
          CREATED,
          new Active(
              AUTHORIZE,
              Map.of(
                  AUTHORIZE,
                  Map.of(
                      Answer.APPROVED, append(AUTHORIZED),
                      Answer.DECLINED, abort(Failure.DECLINED),
                      // The provider cancels only after ABORTING is in the log: this insert will
                      // fail.
                      Answer.CANCELLED, abort(Failure.DECLINED),
                      // Without this a provider that does not answer keeps a payment open whose
                      // reservation has ended.
                      Answer.UNKNOWN, ask(LOOK_AT_RESERVATION)),
                  LOOK_AT_RESERVATION,
                  Map.of(
                      Answer.OPEN,
                      WAIT,
                      Answer.GONE,
                      abort(RESERVATION_GONE),
                      Answer.TAKEN,
                      abort(RESERVATION_TAKEN),
                      Answer.UNKNOWN,
                      WAIT))),
          AUTHORIZED,
          new Active(
              COMMIT_STOCK,
              Map.of(
                  COMMIT_STOCK,
                  Map.of(
                      Answer.COMMITTED, append(STOCK_COMMITTED),
                      Answer.GONE, abort(RESERVATION_GONE),
                      Answer.TAKEN, abort(RESERVATION_TAKEN),
                      Answer.UNKNOWN, WAIT))),
          STOCK_COMMITTED,
          new Active(
              CAPTURE,
              Map.of(
                  CAPTURE,
                  Map.of(
                      Answer.CAPTURED, append(CAPTURED),
                      Answer.REFUSED, abort(CAPTURE_REFUSED),
                      Answer.CANCELLED, abort(CAPTURE_REFUSED),
                      Answer.UNKNOWN, WAIT))),
          ABORTING,
          new Active(
              CANCEL,
              Map.of(
                  CANCEL,
                  Map.of(
                      Answer.CANCELLED, ask(UNCOMMIT_STOCK),
                      Answer.CAPTURED, ask(GIVE_BACK_ALL),
                      Answer.UNKNOWN, WAIT),
                  // The provider has taken the money and refuses to give it back: FAILED would be
                  // wrong. People have to look.
                  GIVE_BACK_ALL,
                  Map.of(
                      Answer.REFUNDED, ask(UNCOMMIT_STOCK),
                      Answer.REFUSED, WAIT,
                      Answer.UNKNOWN, WAIT),
                  UNCOMMIT_STOCK,
                  Map.of(Answer.UNCOMMITTED, append(FAILED), Answer.UNKNOWN, WAIT))),
          REFUND_REQUESTED,
          new Active(
              REFUND,
              Map.of(
                  REFUND,
                  Map.of(
                      Answer.REFUNDED, append(REFUNDED),
                      Answer.REFUSED, WAIT,
                      Answer.UNKNOWN, WAIT))));

  private Saga() {}

  /** The first question in a state; empty when it is at rest. */
  public static Optional<Question> firstQuestion(EventType state) {
    return Optional.ofNullable(TABLE.get(state)).map(Active::first);
  }

  public static boolean isAtRest(EventType state) {
    return !TABLE.containsKey(state);
  }

  /** What follows from an answer. An answer that the question cannot have counts as unknown. */
  public static Move follow(EventType state, Question question, Answer answer) {
    var active = TABLE.get(state);
    var replies = active == null ? null : active.replies().get(question);
    if (replies == null) return WAIT;
    return replies.getOrDefault(answer, replies.get(Answer.UNKNOWN));
  }

  /**
   * What the owner's wish to cancel leads to; empty once the stock is sold, and when the payment
   * fails anyway.
   */
  public static Optional<Move.Append> onCancel(EventType state) {
    return switch (state) {
      case CREATED, AUTHORIZED -> Optional.of(abort(Failure.CANCELLED));
      case STOCK_COMMITTED, CAPTURED, ABORTING, FAILED, REFUND_REQUESTED, REFUNDED ->
          Optional.empty();
    };
  }

  /**
   * What the wish to refund leads to; empty where there is nothing to refund, or a refund is under
   * way.
   */
  public static Optional<Move.Append> onRefund(EventType state) {
    return switch (state) {
      case CAPTURED, REFUNDED -> Optional.of(append(REFUND_REQUESTED));
      case CREATED, AUTHORIZED, STOCK_COMMITTED, ABORTING, FAILED, REFUND_REQUESTED ->
          Optional.empty();
    };
  }

  private static Move.Append append(EventType type) {
    return new Move.Append(type, Optional.empty());
  }

  private static Move.Append abort(Failure failure) {
    return new Move.Append(ABORTING, Optional.of(failure));
  }

  private static Move.Ask ask(Question question) {
    return new Move.Ask(question);
  }
}
