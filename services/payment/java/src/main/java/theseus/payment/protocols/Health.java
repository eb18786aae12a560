package theseus.payment.protocols;

import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/**
 * {@code grpc.health.v1.Health} for services, by their full names, and for the server, as {@code
 * ""}. All have the same state, as they share the process and its store. One more name, {@code
 * active}, tells whether the process is active or in standby. Both states begin with NOT_SERVING.
 */
public final class Health extends HealthGrpc.HealthImplBase {
  private static final String ACTIVE = "active";

  private final Set<String> services = new HashSet<>(Set.of(""));
  private final Set<Watcher> watchers = new HashSet<>();
  private boolean serving;
  private boolean active;
  private boolean stopped;

  private record Watcher(String service, ServerCallStreamObserver<HealthCheckResponse> answers) {}

  public Health(Set<String> services) {
    this.services.addAll(services);
  }

  synchronized void setServing(boolean value) {
    if (stopped || serving == value) return;
    serving = value;
    for (var watcher : watchers) {
      if (services.contains(watcher.service())) watcher.answers().onNext(answer(watcher.service()));
    }
  }

  public synchronized void setActive(boolean value) {
    if (stopped || active == value) return;
    active = value;
    for (var watcher : watchers) {
      if (watcher.service().equals(ACTIVE)) watcher.answers().onNext(answer(ACTIVE));
    }
  }

  /** Says NOT_SERVING from now on, and ends watches. */
  public synchronized void stop() {
    setServing(false);
    setActive(false);
    stopped = true;
    watchers.forEach(watcher -> watcher.answers().onCompleted());
    watchers.clear();
  }

  @Override
  public synchronized void check(
      HealthCheckRequest request, StreamObserver<HealthCheckResponse> answers) {
    if (statusOf(request.getService()) == ServingStatus.SERVICE_UNKNOWN) {
      answers.onError(Status.NOT_FOUND.withDescription("unknown service").asException());
      return;
    }
    answers.onNext(answer(request.getService()));
    answers.onCompleted();
  }

  @Override
  public synchronized void watch(
      HealthCheckRequest request, StreamObserver<HealthCheckResponse> answers) {
    var watcher =
        new Watcher(request.getService(), (ServerCallStreamObserver<HealthCheckResponse>) answers);
    watcher.answers().setOnCancelHandler(() -> forget(watcher));
    Context.current().addListener(ended -> end(watcher, ended), MoreExecutors.directExecutor());
    answers.onNext(answer(watcher.service()));
    if (stopped) answers.onCompleted();
    else watchers.add(watcher);
  }

  private void end(Watcher watcher, Context ended) {
    if (!(ended.cancellationCause() instanceof TimeoutException) || !forget(watcher)) return;
    watcher.answers().onError(Status.DEADLINE_EXCEEDED.asException());
  }

  /** False when it had been forgotten before. */
  private synchronized boolean forget(Watcher watcher) {
    return watchers.remove(watcher);
  }

  private HealthCheckResponse answer(String service) {
    return HealthCheckResponse.newBuilder().setStatus(statusOf(service)).build();
  }

  private ServingStatus statusOf(String service) {
    if (service.equals(ACTIVE)) return active ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    if (!services.contains(service)) return ServingStatus.SERVICE_UNKNOWN;
    return serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
  }
}
