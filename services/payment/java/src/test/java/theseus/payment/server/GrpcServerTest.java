package theseus.payment.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import theseus.payment.call.RpcService;
import theseus.payment.v1.PaymentServiceGrpc;

@DisplayName("The server")
@Timeout(20)
class GrpcServerTest {
  @TempDir private Path folder;
  private TestServer server;

  /** A stream that the server answers, and that lasts as long as its caller wants. */
  private final class Conversation implements StreamObserver<ServerReflectionResponse> {
    private final BlockingQueue<ServerReflectionResponse> answers = new LinkedBlockingQueue<>();
    private final StreamObserver<ServerReflectionRequest> questions =
        ServerReflectionGrpc.newStub(server.channel).serverReflectionInfo(this);

    ServerReflectionResponse ask(ServerReflectionRequest.Builder question) throws Exception {
      questions.onNext(question.build());
      return answers.take();
    }

    @Override
    public void onNext(ServerReflectionResponse answer) {
      answers.add(answer);
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }

  @BeforeEach
  void start() {
    server =
        new TestServer(folder, new RpcService(PaymentServiceGrpc.getServiceDescriptor(), null));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void listsWhatItServesAndNothingElse() throws Exception {
    var answer = new Conversation().ask(ServerReflectionRequest.newBuilder().setListServices(""));
    assertEquals(
        Set.of(
            "theseus.payment.v1.PaymentService",
            "grpc.health.v1.Health",
            "grpc.reflection.v1.ServerReflection"),
        answer.getListServicesResponse().getServiceList().stream()
            .map(ServiceResponse::getName)
            .collect(Collectors.toSet()));
  }

  @Test
  void tellsOfTheMessagesInARefusal() throws Exception {
    var conversation = new Conversation();
    for (var message : Set.of("ErrorInfo", "BadRequest", "RetryInfo")) {
      var symbol = "google.rpc." + message;
      var answer =
          conversation.ask(ServerReflectionRequest.newBuilder().setFileContainingSymbol(symbol));
      var file = answer.getFileDescriptorResponse().getFileDescriptorProto(0);
      assertEquals("google/rpc/error_details.proto", FileDescriptorProto.parseFrom(file).getName());
    }
  }

  @Test
  void leavesItsPathToTheNextWhileItsCallsFinish() throws Exception {
    var last = new Conversation();
    last.ask(ServerReflectionRequest.newBuilder().setListServices(""));
    var closing = CompletableFuture.runAsync(server.server::close, server.threads);
    while (Files.exists(server.address.path())) Thread.onSpinWait();
    try (var next = server.create()) {
      next.start();
      assertFalse(closing.isDone());
      last.questions.onCompleted();
      closing.join();
      assertTrue(Files.exists(server.address.path()));
    }
  }
}
