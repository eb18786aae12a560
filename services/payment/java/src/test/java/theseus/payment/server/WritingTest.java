package theseus.payment.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import build.buf.protovalidate.ValidatorFactory;
import com.google.protobuf.BytesValue;
import com.google.protobuf.Duration;
import io.grpc.CallOptions;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.mesh.v1.PolicyOuterClass.Allow;
import theseus.mesh.v1.PolicyOuterClass.Auth;
import theseus.mesh.v1.PolicyOuterClass.Policy;
import theseus.payment.call.Handler;
import theseus.payment.call.RpcService;
import theseus.payment.contract.StatusDetails;
import theseus.payment.contract.TestMethod;

@DisplayName("A server that takes no more writes")
@Timeout(20)
class WritingTest {
  private static final TestMethod METHOD =
      TestMethod.with(
          Policy.newBuilder()
              .setTimeout(Duration.newBuilder().setSeconds(10))
              .setMaxRequestBytes(100)
              .addAllow(Allow.newBuilder().setCaller("anybody").setAuth(Auth.AUTH_PUBLIC))
              .build());

  private final CountDownLatch handling = new CountDownLatch(1);
  private final CountDownLatch mayEnd = new CountDownLatch(1);

  @TempDir private Path folder;
  private TestServer server;

  @BeforeEach
  void start() {
    var service =
        new RpcService(METHOD.serviceForGrpc(), ValidatorFactory.newBuilder().build())
            .with(METHOD.forGrpc(), Handler.blocking((request, call) -> answerLate(request)));
    server = new TestServer(folder, service);
  }

  @AfterEach
  void stop() {
    mayEnd.countDown();
    server.close();
  }

  private BytesValue answerLate(BytesValue request) {
    handling.countDown();
    await(mayEnd);
    return request;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException hurried) {
      throw new IllegalStateException(hurried);
    }
  }

  private BytesValue call() {
    return ClientCalls.blockingUnaryCall(
        server.channel, METHOD.forGrpc(), CallOptions.DEFAULT, BytesValue.getDefaultInstance());
  }

  private void endWriting() {
    try {
      server.server.endWriting();
    } catch (InterruptedException hurried) {
      throw new IllegalStateException(hurried);
    }
  }

  @Test
  void refusesNewCallsAndWaitsForThoseUnderWay() {
    var first = CompletableFuture.supplyAsync(this::call, server.threads);
    await(handling);
    var ended = CompletableFuture.runAsync(this::endWriting, server.threads);
    refuse();
    assertFalse(ended.isDone());
    mayEnd.countDown();
    assertEquals(BytesValue.getDefaultInstance(), first.join());
    ended.join();
  }

  @Test
  void waitsForAHandlerThatGoesOnWithoutItsCall() {
    var call = server.channel.newCall(METHOD.forGrpc(), CallOptions.DEFAULT);
    var answer = ClientCalls.futureUnaryCall(call, BytesValue.getDefaultInstance());
    await(handling);
    call.cancel("the caller has left", null);
    assertThrows(ExecutionException.class, answer::get);
    var ended = CompletableFuture.runAsync(this::endWriting, server.threads);
    refuse();
    assertFalse(ended.isDone());
    mayEnd.countDown();
    ended.join();
  }

  /** Calls until a call is refused: those before it end by their deadline. */
  private void refuse() {
    var reason = Optional.<ErrorReason>empty();
    while (!reason.equals(Optional.of(ErrorReason.SERVICE_UNAVAILABLE))) {
      var soon = CallOptions.DEFAULT.withDeadlineAfter(100, TimeUnit.MILLISECONDS);
      reason =
          StatusDetails.reasonOf(
              assertThrows(
                  StatusRuntimeException.class,
                  () ->
                      ClientCalls.blockingUnaryCall(
                          server.channel,
                          METHOD.forGrpc(),
                          soon,
                          BytesValue.getDefaultInstance())));
    }
  }
}
