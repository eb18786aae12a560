package theseus.payment.drive;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import theseus.payment.drive.StepResult.Kind;
import theseus.payment.saga.Move;
import theseus.payment.saga.PaymentLog;
import theseus.payment.saga.Saga;
import theseus.payment.store.PaymentStore;

/**
 * Takes a payment from its last event to the next one. Any number of steps may run for one payment
 * at once, in any number of processes: all questions are idempotent, and only one insert succeeds
 * for each place in the log.
 */
public final class Step {
  private final PaymentStore store;
  private final Ask ask;
  private final InstantSource clock;
  private final ChangeNotifier changes;

  public Step(PaymentStore store, Ask ask, InstantSource clock, ChangeNotifier changes) {
    this.store = store;
    this.ask = ask;
    this.clock = clock;
    this.changes = changes;
  }

  StepResult take(PaymentLog log, RequestContext context) {
    var question = Saga.firstQuestion(log.state());
    while (question.isPresent()) {
      var answer = ask.put(question.get(), log, context);
      var move = Saga.follow(log.state(), question.get(), answer);
      if (move instanceof Move.Append append) return write(log, append, context);
      if (move instanceof Move.Wait) return new StepResult(Kind.UNANSWERED, store.catchUp(log));
      question = Optional.of(((Move.Ask) move).question());
    }
    return new StepResult(Kind.SETTLED, log);
  }

  private StepResult write(PaymentLog log, Move.Append move, RequestContext context) {
    var event = log.next(move, clock.instant());
    if (store.insertEvent(log.id(), event)) {
      changes.notifyOf(log.id());
      EventTold.in(context.log(), log, event);
      return new StepResult(Kind.MOVED, log.with(List.of(event)));
    }
    var current = store.catchUp(log);
    var moved = current.last().sequence() > log.last().sequence();
    return new StepResult(moved ? Kind.MOVED : Kind.UNANSWERED, current);
  }
}
