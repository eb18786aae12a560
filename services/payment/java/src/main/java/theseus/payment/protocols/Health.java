package theseus.payment.protocols;

import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.HashSet;
import java.util.Set;

/**
 * {@code grpc.health.v1.Health} for services, by their full names, and for the server, as {@code
 * ""}. All have the same state, as they share the process and its store. It begins with
 * NOT_SERVING.
 */
public final class Health extends HealthGrpc.HealthImplBase {
  private final Set<String> services = new HashSet<>(Set.of(""));
  private final Set<Watcher> watchers = new HashSet<>();
  private boolean serving;
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

  /** Says NOT_SERVING from now on, and ends watches. */
  public synchronized void stop() {
    setServing(false);
    stopped = true;
    watchers.forEach(watcher -> watcher.answers().onCompleted());
    watchers.clear();
  }

  @Override
  public synchronized void check(
      HealthCheckRequest request, StreamObserver<HealthCheckResponse> answers) {
    if (!services.contains(request.getService())) {
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
    answers.onNext(answer(watcher.service()));
    if (stopped) answers.onCompleted();
    else watchers.add(watcher);
  }

  private synchronized void forget(Watcher watcher) {
    watchers.remove(watcher);
  }

  private HealthCheckResponse answer(String service) {
    var status =
        !services.contains(service)
            ? ServingStatus.SERVICE_UNKNOWN
            : serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    return HealthCheckResponse.newBuilder().setStatus(status).build();
  }
}
