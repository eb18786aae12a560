package theseus.payment.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import theseus.payment.call.RpcService;
import theseus.payment.process.LibraryLogs;
import theseus.payment.process.Log;
import theseus.payment.process.Redaction;
import theseus.payment.process.Stdout;
import theseus.payment.v1.PaymentServiceGrpc;

@DisplayName("The server")
@Timeout(20)
class GrpcServerTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
  private final EventLoopGroup eventLoops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  @TempDir private Path folder;
  private Address.Unix address;
  private GrpcServer server;
  private ManagedChannel channel;

  /** A stream that the server answers, and that lasts as long as its caller wants. */
  private final class Conversation implements StreamObserver<ServerReflectionResponse> {
    private final BlockingQueue<ServerReflectionResponse> answers = new LinkedBlockingQueue<>();
    private final StreamObserver<ServerReflectionRequest> questions =
        ServerReflectionGrpc.newStub(channel).serverReflectionInfo(this);

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
    address = new Address.Unix(folder.resolve("app"));
    server = create();
    server.start();
    channel =
        NettyChannelBuilder.forAddress(address.toSocketAddress())
            .channelType(NioDomainSocketChannel.class)
            .eventLoopGroup(eventLoops)
            .overrideAuthority("localhost")
            .usePlaintext()
            .build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.close();
    timer.shutdownNow();
    threads.shutdown();
    eventLoops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private GrpcServer create() {
    var log = new Log(new Stdout(), Log.Level.SILENT, new Redaction(Set.of()), "test");
    LibraryLogs.goTo(log);
    var service = new RpcService(PaymentServiceGrpc.getServiceDescriptor(), null);
    var resources = new GrpcServer.Resources(threads, timer, eventLoops, log);
    return new GrpcServer(address, service, () -> {}, resources);
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
    var closing = CompletableFuture.runAsync(server::close, threads);
    while (Files.exists(address.path())) Thread.onSpinWait();
    try (var next = create()) {
      next.start();
      assertFalse(closing.isDone());
      last.questions.onCompleted();
      closing.join();
      assertTrue(Files.exists(address.path()));
    }
  }
}
