package theseus.payment.saga;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The saga")
class SagaTest {
  /** Every definite answer that leads anywhere; all that is not here waits. */
  private static final String MOVES =
      """
      CREATED AUTHORIZE APPROVED -> AUTHORIZED
      CREATED AUTHORIZE DECLINED -> ABORTING DECLINED
      CREATED AUTHORIZE CANCELLED -> ABORTING DECLINED
      CREATED AUTHORIZE * -> ask LOOK_AT_RESERVATION
      CREATED LOOK_AT_RESERVATION GONE -> ABORTING RESERVATION_GONE
      CREATED LOOK_AT_RESERVATION TAKEN -> ABORTING RESERVATION_TAKEN
      AUTHORIZED COMMIT_STOCK COMMITTED -> STOCK_COMMITTED
      AUTHORIZED COMMIT_STOCK GONE -> ABORTING RESERVATION_GONE
      AUTHORIZED COMMIT_STOCK TAKEN -> ABORTING RESERVATION_TAKEN
      STOCK_COMMITTED CAPTURE CAPTURED -> CAPTURED
      STOCK_COMMITTED CAPTURE REFUSED -> ABORTING CAPTURE_REFUSED
      STOCK_COMMITTED CAPTURE CANCELLED -> ABORTING CAPTURE_REFUSED
      ABORTING CANCEL CANCELLED -> ask UNCOMMIT_STOCK
      ABORTING CANCEL CAPTURED -> ask GIVE_BACK_ALL
      ABORTING GIVE_BACK_ALL REFUNDED -> ask UNCOMMIT_STOCK
      ABORTING UNCOMMIT_STOCK UNCOMMITTED -> FAILED
      REFUND_REQUESTED REFUND REFUNDED -> REFUNDED
      """;

  private static final Map<String, String> EXPECTED =
      MOVES
          .lines()
          .map(line -> line.split(" -> "))
          .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));

  static Stream<Arguments> everyAnswerInEveryState() {
    return Arrays.stream(EventType.values())
        .flatMap(
            state ->
                Arrays.stream(Question.values())
                    .flatMap(
                        question ->
                            Arrays.stream(Answer.values())
                                .map(answer -> Arguments.of(state, question, answer))));
  }

  @ParameterizedTest(name = "{0}: {1} answered {2}")
  @MethodSource("everyAnswerInEveryState")
  void followsTheTable(EventType state, Question question, Answer answer) {
    var key = state + " " + question + " ";
    var otherwise = EXPECTED.getOrDefault(key + "*", "wait");
    var expected = EXPECTED.getOrDefault(key + answer, otherwise);
    assertEquals(expected, toText(Saga.follow(state, question, answer)));
  }

  @Test
  void asksFirstWhatTheStateIsFor() {
    var first = new HashMap<EventType, Question>();
    for (var state : EventType.values()) {
      Saga.firstQuestion(state).ifPresent(question -> first.put(state, question));
    }
    var expected =
        Map.of(
            EventType.CREATED, Question.AUTHORIZE,
            EventType.AUTHORIZED, Question.COMMIT_STOCK,
            EventType.STOCK_COMMITTED, Question.CAPTURE,
            EventType.ABORTING, Question.CANCEL,
            EventType.REFUND_REQUESTED, Question.REFUND);
    assertEquals(expected, first);
  }

  @Test
  void isAtRestWhereNothingIsAsked() {
    for (var state : EventType.values()) {
      assertEquals(Saga.firstQuestion(state).isEmpty(), Saga.isAtRest(state), state.name());
    }
  }

  @Test
  void canBeCancelledUntilTheStockIsSold() {
    var cancellable =
        Arrays.stream(EventType.values()).filter(each -> Saga.onCancel(each).isPresent()).toList();
    assertEquals(List.of(EventType.CREATED, EventType.AUTHORIZED), cancellable);
    assertEquals(
        Optional.of(new Move.Append(EventType.ABORTING, Optional.of(Failure.CANCELLED))),
        Saga.onCancel(EventType.CREATED));
  }

  @Test
  void canBeRefundedOnceCapturedAndOneAtATime() {
    var refundable =
        Arrays.stream(EventType.values()).filter(each -> Saga.onRefund(each).isPresent()).toList();
    assertEquals(List.of(EventType.CAPTURED, EventType.REFUNDED), refundable);
  }

  @Test
  void neverLeavesAStateForAnAnswerThatIsNotDefinite() {
    for (var state : EventType.values()) {
      for (var question : Question.values()) {
        var move = Saga.follow(state, question, Answer.UNKNOWN);
        assertTrue(!(move instanceof Move.Append), state + " " + question);
      }
    }
  }

  private static String toText(Move move) {
    if (move instanceof Move.Ask ask) return "ask " + ask.question();
    if (move instanceof Move.Append append) {
      return append.type() + append.failure().map(failure -> " " + failure).orElse("");
    }
    return "wait";
  }
}
