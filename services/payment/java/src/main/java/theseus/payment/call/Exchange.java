package theseus.payment.call;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.Message;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.contract.ErrorBoundary;
import theseus.payment.contract.ReasonRule;
import theseus.payment.contract.RefusedException;
import theseus.payment.contract.StatusDetails;
import theseus.payment.process.Log;

/**
 * One call on its way: standby, identity, access, deadline, request, handler, answer. It ends with
 * exactly one status, maybe before its handler has returned.
 */
final class Exchange<Q extends Message, S extends Message> extends ServerCall.Listener<byte[]>
    implements ResponseStream<S> {
  private final RpcMethod<Q, S> method;
  private final ServerCall<byte[], S> call;
  private final OpenCalls open;
  private final Writing writing;
  private final Identity identity;
  private final Optional<String> caller;
  private final Trace trace;
  private final Log log;
  private final Context.CancellableContext context;
  private final long startedNanos = System.nanoTime();
  private final List<Runnable> atEnd = new ArrayList<>();
  private volatile Runnable whenReady = () -> {};
  private Optional<Principal> principal = Optional.empty();
  private byte[] request;
  private int messages;
  private boolean sentHeaders;
  private boolean writes;
  private boolean handling;
  private boolean over;

  Exchange(
      RpcMethod<Q, S> method,
      ServerCall<byte[], S> call,
      Metadata headers,
      Surroundings surroundings) {
    this.method = method;
    this.call = call;
    open = surroundings.open();
    writing = surroundings.writing();
    identity = surroundings.identity();
    var telemetry = surroundings.telemetry();
    trace = Trace.of(headers, telemetry, call.getMethodDescriptor().getFullMethodName());
    log = trace.mark(surroundings.log(), telemetry);
    caller = identity.caller(headers);
    var timeoutNanos = method.policy().timeout().toNanos();
    context =
        Context.current().withDeadlineAfter(timeoutNanos, TimeUnit.NANOSECONDS, open.scheduler());
  }

  /** Checks whether the call is taken and who calls, then asks for the request. */
  void begin(Metadata headers) {
    open.add(this);
    context.addListener(
        ended -> contextEnded(ended.cancellationCause()), MoreExecutors.directExecutor());
    try {
      enter();
      principal = identity.principal(headers);
      Access.check(method.policy().allow(), caller, principal);
      call.request(2);
    } catch (RuntimeException refusal) {
      cutOff(refusal);
    }
  }

  /** A call that writes is under way until it is over and its handler is done. */
  private void enter() {
    if (method.policy().readOnly()) return;
    writing.enter();
    synchronized (this) {
      if (over) writing.leave();
      else writes = true;
    }
  }

  boolean isStream() {
    return !call.getMethodDescriptor().getType().serverSendsOneMessage();
  }

  @Override
  public void onMessage(byte[] message) {
    if (messages++ == 0) request = message;
  }

  @Override
  public void onHalfClose() {
    if (!beginHandling()) return;
    context.run(
        () -> {
          try {
            method.handler().handle(readRequest(), toCall(), this);
          } catch (RuntimeException | Error thrown) {
            fail(thrown);
          }
        });
  }

  private synchronized boolean beginHandling() {
    handling = !over;
    return handling;
  }

  /** Whatever ended the call: a handler ends by an answer or by a failure of its own. */
  private void endHandling() {
    synchronized (this) {
      if (!handling) return;
      handling = false;
    }
    leaveAtEnd();
  }

  private void leaveAtEnd() {
    synchronized (this) {
      if (!writes || !over || handling) return;
      writes = false;
    }
    writing.leave();
  }

  @Override
  public void onReady() {
    whenReady.run();
  }

  private Q readRequest() {
    if (messages != 1) {
      var problem = messages == 0 ? "no message" : "more than one message";
      throw new RefusedException(ErrorReason.REQUEST_MALFORMED, "the request has " + problem);
    }
    return method.reader().read(request);
  }

  private Call toCall() {
    var leftNanos = context.getDeadline().timeRemaining(TimeUnit.NANOSECONDS);
    var deadline = Instant.now().plusNanos(leftNanos);
    return new Call(caller, principal, deadline, trace.outgoing(), context, log);
  }

  @Override
  public boolean isReady() {
    return call.isReady();
  }

  @Override
  public void onReady(Runnable action) {
    whenReady = action;
  }

  @Override
  public void onEnd(Runnable action) {
    synchronized (this) {
      if (!over) {
        atEnd.add(action);
        return;
      }
    }
    action.run();
  }

  @Override
  public synchronized void send(S message) {
    if (over) return;
    if (!sentHeaders) call.sendHeaders(new Metadata());
    sentHeaders = true;
    call.sendMessage(message);
  }

  @Override
  public void finish() {
    end(Optional.empty(), () -> call.close(Status.OK, new Metadata()));
    endHandling();
  }

  @Override
  public void fail(Throwable thrown) {
    cutOff(thrown);
    endHandling();
  }

  /** Ends the call, though its handler may go on. */
  void cutOff(Throwable thrown) {
    var refusal = ErrorBoundary.toRefusal(thrown, method.policy());
    var failure = StatusDetails.write(refusal);
    end(
        Optional.of(refusal),
        () -> call.close(failure.getStatus().withCause(null), failure.getTrailers()));
  }

  /** The deadline has passed, or the caller has left. A caller that has left gets no status. */
  private void contextEnded(Throwable cause) {
    if (cause instanceof TimeoutException) cutOff(Call.over(cause));
    else end(Optional.of(Call.over(cause)), () -> {});
  }

  private void end(Optional<RefusedException> failure, Runnable close) {
    List<Runnable> actions;
    synchronized (this) {
      if (over) return;
      over = true;
      close.run();
      actions = List.copyOf(atEnd);
    }
    leaveAtEnd();
    open.remove(this);
    context.cancel(null);
    report(failure);
    actions.forEach(Runnable::run);
  }

  /**
   * Ends the span and logs one line for each call; one more, with the cause, for a fault of this
   * service and for a store or peer that does not answer.
   */
  private void report(Optional<RefusedException> failure) {
    var reason = failure.map(RefusedException::reason);
    var code = reason.map(each -> ReasonRule.of(each).code()).orElse(Status.Code.OK);
    trace.span().end(code, reason);
    failure.ifPresent(this::reportCause);
    log.info("call")
        .with("method", "/" + call.getMethodDescriptor().getFullMethodName())
        .with("code", code)
        .with("reason", reason)
        .with("ms", TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - startedNanos) / 1000.0)
        .with("caller", caller)
        .write();
  }

  private void reportCause(RefusedException failure) {
    var cause = failure.getCause();
    var path = "/" + call.getMethodDescriptor().getFullMethodName();
    if (failure.reason() == ErrorReason.INTERNAL) {
      log.error("fault")
          .with("method", path)
          .cause(cause)
          .write("the call failed by a fault of this service");
    } else if (cause != null && ReasonRule.of(failure.reason()).code() == Status.Code.UNAVAILABLE) {
      log.warn("unavailable").with("method", path).cause(cause).write(failure.getMessage());
    }
  }
}
