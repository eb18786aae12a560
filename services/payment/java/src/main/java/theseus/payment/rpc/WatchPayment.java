package theseus.payment.rpc;

import com.google.common.util.concurrent.MoreExecutors;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import theseus.payment.call.Call;
import theseus.payment.call.ResponseStream;
import theseus.payment.message.Messages;
import theseus.payment.saga.LogEvent;
import theseus.payment.saga.PaymentLog;
import theseus.payment.v1.PaymentServiceOuterClass.WatchPaymentRequest;
import theseus.payment.v1.PaymentServiceOuterClass.WatchPaymentResponse;
import theseus.payment.values.ResumeToken;

record WatchPayment(PaymentContext context) {
  /** How often to poll the store for what other processes have added. */
  private static final long POLL_MS = 250;

  void answer(
      WatchPaymentRequest request, Call call, ResponseStream<WatchPaymentResponse> responses) {
    var log = context.find(request.getName(), PaymentContext.Visibility.OWN, call);
    var sent = ResumeToken.decode(request.getName(), request.getResumeToken());
    if (sent > log.last().sequence()) throw ResumeToken.invalid();
    new Watch(log, sent, responses).begin();
  }

  /**
   * One watch. It holds no thread between events: it goes on when the log grows in this process,
   * when the caller has room again, and at each poll.
   */
  private final class Watch {
    private final ResponseStream<WatchPaymentResponse> responses;
    private final Executor oneAtATime = MoreExecutors.newSequentialExecutor(context.calls());
    private final AtomicBoolean pollQueued = new AtomicBoolean();
    private PaymentLog log;
    private int sent;

    Watch(PaymentLog log, int sent, ResponseStream<WatchPaymentResponse> responses) {
      this.log = log;
      this.sent = sent;
      this.responses = responses;
    }

    void begin() {
      var unsubscribe = context.changes().subscribe(log.id(), this::poll);
      var polling =
          context
              .scheduler()
              .scheduleWithFixedDelay(this::poll, POLL_MS, POLL_MS, TimeUnit.MILLISECONDS);
      responses.onEnd(
          () -> {
            unsubscribe.run();
            polling.cancel(false);
          });
      responses.onReady(() -> enqueue(this::sendNew));
      enqueue(this::sendNew);
    }

    /** Queues one poll at most, so that they do not pile up in front of a slow store. */
    private void poll() {
      if (!pollQueued.compareAndSet(false, true)) return;
      enqueue(
          () -> {
            pollQueued.set(false);
            log = context.store().catchUp(log);
            sendNew();
          });
    }

    private void enqueue(Runnable action) {
      oneAtATime.execute(
          () -> {
            try {
              action.run();
            } catch (RuntimeException failure) {
              responses.fail(failure);
            }
          });
    }

    /** Sends as much as the caller has room for. */
    private void sendNew() {
      for (var event : log.events()) {
        if (event.sequence() <= sent) continue;
        if (!responses.isReady()) return;
        responses.send(toMessage(event));
        sent = event.sequence();
      }
      if (log.isSettled()) responses.finish();
    }

    private WatchPaymentResponse toMessage(LogEvent event) {
      return WatchPaymentResponse.newBuilder()
          .setEvent(Messages.toEvent(log.id(), event))
          .setPayment(Messages.toPayment(log.upTo(event.sequence())))
          .setResumeToken(ResumeToken.encode(Messages.toName(log.id()), event.sequence()))
          .build();
    }
  }
}
