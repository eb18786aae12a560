package theseus.payment.rpc;

import com.google.common.util.concurrent.MoreExecutors;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import theseus.payment.call.Call;
import theseus.payment.call.Outlet;
import theseus.payment.message.Messages;
import theseus.payment.saga.LogEvent;
import theseus.payment.saga.PaymentLog;
import theseus.payment.v1.PaymentServiceOuterClass.WatchPaymentRequest;
import theseus.payment.v1.PaymentServiceOuterClass.WatchPaymentResponse;

record WatchPayment(PaymentContext context) {
  /** How often to look for what other processes have added. */
  private static final long LOOK_MS = 250;

  void answer(WatchPaymentRequest request, Call call, Outlet<WatchPaymentResponse> outlet) {
    var log = context.find(request.getName(), PaymentContext.Visibility.OWN, call);
    new Watch(log, request.getAfterSequence(), outlet).begin();
  }

  /**
   * One watch. It holds no thread: it looks when a bell rings, the caller has room again, or some
   * time has passed.
   */
  private final class Watch {
    private final Outlet<WatchPaymentResponse> outlet;
    private final Executor oneAtATime = MoreExecutors.newSequentialExecutor(context.calls());
    private final AtomicBoolean asked = new AtomicBoolean();
    private PaymentLog log;
    private long told;

    Watch(PaymentLog log, long afterSequence, Outlet<WatchPaymentResponse> outlet) {
      this.log = log;
      told = afterSequence;
      this.outlet = outlet;
    }

    void begin() {
      var unlisten = context.bells().listen(log.id(), this::look);
      var looking =
          context
              .scheduler()
              .scheduleWithFixedDelay(this::look, LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
      outlet.onEnd(
          () -> {
            unlisten.run();
            looking.cancel(false);
          });
      outlet.onReady(() -> soon(this::tell));
      soon(this::tell);
    }

    /** Asked again before it has begun it is the same look: a slow store has no queue of them. */
    private void look() {
      if (!asked.compareAndSet(false, true)) return;
      soon(
          () -> {
            asked.set(false);
            log = context.store().catchUp(log);
            tell();
          });
    }

    private void soon(Runnable action) {
      oneAtATime.execute(
          () -> {
            try {
              action.run();
            } catch (RuntimeException failure) {
              outlet.fail(failure);
            }
          });
    }

    /** As far as the caller has room. */
    private void tell() {
      for (var event : log.events()) {
        if (event.sequence() <= told) continue;
        if (!outlet.isReady()) return;
        outlet.send(toMessage(event));
        told = event.sequence();
      }
      if (log.isSettled()) outlet.finish();
    }

    private WatchPaymentResponse toMessage(LogEvent event) {
      return WatchPaymentResponse.newBuilder()
          .setEvent(Messages.toEvent(log.id(), event))
          .setPayment(Messages.toPayment(log.upTo(event.sequence())))
          .build();
    }
  }
}
