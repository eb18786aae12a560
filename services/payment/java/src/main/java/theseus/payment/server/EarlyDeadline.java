package theseus.payment.server;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Lets a call end a little before its caller's deadline: at the deadline itself grpc-java resets
 * the stream, and the caller would read CANCELLED. On a busy machine tens of milliseconds go by
 * until the status is out.
 */
record EarlyDeadline(ScheduledExecutorService scheduler) implements ServerInterceptor {
  private static final long CALL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long WATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  @Override
  public <Q, S> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
    var deadline = Context.current().getDeadline();
    if (deadline == null) return next.startCall(call, headers);
    var left = deadline.timeRemaining(TimeUnit.NANOSECONDS);
    var isWatch = !call.getMethodDescriptor().getType().serverSendsOneMessage();
    var margin = Math.min(left / 10, isWatch ? WATCH_NANOS : CALL_NANOS);
    var early = Context.current().withDeadlineAfter(left - margin, TimeUnit.NANOSECONDS, scheduler);
    var ending =
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            super.close(status, trailers);
            early.cancel(null);
          }
        };
    return Contexts.interceptCall(early, ending, headers, next);
  }
}
