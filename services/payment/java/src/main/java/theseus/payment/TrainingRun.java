package theseus.payment;

import com.sun.net.httpserver.HttpServer;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import theseus.inventory.v1.InventoryServiceOuterClass.GetReservationRequest;
import theseus.payment.contract.StatusDetails;
import theseus.payment.drive.Peers;
import theseus.payment.process.Launch;
import theseus.payment.process.LibraryLogs;
import theseus.payment.process.Log;
import theseus.payment.process.Redaction;
import theseus.payment.process.Stdout;
import theseus.payment.server.Address;
import theseus.payment.telemetry.Telemetry;
import theseus.payment.v1.PaymentOuterClass.Payment;
import theseus.payment.v1.PaymentServiceGrpc;
import theseus.payment.v1.PaymentServiceOuterClass.CreatePaymentRequest;
import theseus.payment.v1.PaymentServiceOuterClass.GetPaymentRequest;
import theseus.provider.v1.CardProviderOuterClass.AuthorizeRequest;
import theseus.user.v1.UserServiceOuterClass.GetUserRequest;

/**
 * Runs the service without a store, as its own peer, and tells of its calls, so that it loads the
 * classes that real calls and telemetry use: the build archives them. All calls fail.
 */
final class TrainingRun {
  private static final String CERTIFICATE = "URI=spiffe://training.example/ns/shop/sa/gateway";
  private static final String CLAIMS = "eyJzdWIiOiJ1c2Vycy9hIiwicm9sZXMiOltdLCJzaWQiOiJzIn0";

  private static final int MOST_TRIES = 10;

  private TrainingRun() {}

  public static void main(String[] arguments) {
    try {
      run();
      Runtime.getRuntime().exit(0);
    } catch (IOException | RuntimeException failure) {
      // Threads of the channel would keep the process, and whoever builds, waiting.
      failure.printStackTrace();
      Runtime.getRuntime().exit(1);
    }
  }

  private static void run() throws IOException {
    var folder = Files.createTempDirectory("training-run");
    var listen = "unix:" + folder.resolve("app");
    var log = new Log(new Stdout(), Log.Level.SILENT, new Redaction(Set.of()), "training-run");
    LibraryLogs.goTo(log);
    var receiver = receiver();
    var config =
        Config.read(
            Map.of(
                "LISTEN", listen,
                "MESH", listen,
                "MONGODB_URL", "mongodb://127.0.0.1:1/none",
                "TRUST_DOMAIN", "training.example",
                "TOKEN_SUBJECT_PREFIX", "users/",
                "ADMIN_ROLE", "admin",
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                    "http://127.0.0.1:" + receiver.getAddress().getPort()));
    var telemetry = Telemetry.start(config.telemetry(), "training-run", Launch.version());
    telemetry.record(Map.of("level", "info", "msg", "training", "time", Instant.now()));
    try (var process = PaymentProcess.start(config, telemetry, log)) {
      var channel = channelTo(config.listen());
      call(channel);
      callPeers(process.peers());
      channel.shutdownNow();
    }
    receiver.stop(0);
    Files.deleteIfExists(folder);
  }

  /** Takes whatever it is told. */
  private static HttpServer receiver() throws IOException {
    var receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/",
        request -> {
          request.sendResponseHeaders(200, -1);
          request.close();
        });
    receiver.start();
    return receiver;
  }

  private static void call(Channel channel) {
    var headers = new Metadata();
    headers.put(header("x-forwarded-client-cert"), CERTIFICATE);
    headers.put(header("x-theseus-claims"), CLAIMS);
    var payment =
        PaymentServiceGrpc.newBlockingStub(channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    var create =
        CreatePaymentRequest.newBuilder()
            .setPayment(Payment.newBuilder().setReservation("reservations/r").setCardToken("card"))
            .setRequestId(UUID.randomUUID().toString());
    fail(() -> payment.createPayment(create.build()));
    fail(() -> payment.getPayment(GetPaymentRequest.newBuilder().setName("no name").build()));
  }

  private static Metadata.Key<String> header(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static void callPeers(Peers peers) {
    var headers = new Metadata();
    fail(() -> peers.user(headers).getUser(GetUserRequest.getDefaultInstance()));
    fail(() -> peers.inventory(headers).getReservation(GetReservationRequest.getDefaultInstance()));
    fail(() -> peers.provider(headers).authorize(AuthorizeRequest.getDefaultInstance()));
  }

  /** One that ends before the service refuses it, on a machine that is busy, is made again. */
  private static void fail(Runnable call) {
    for (var tries = 1; ; tries++) {
      try {
        call.run();
        throw new IllegalStateException("a call without a store was answered");
      } catch (StatusRuntimeException expected) {
        if (StatusDetails.reasonOf(expected).isPresent()) return;
        if (tries == MOST_TRIES) throw expected;
      }
    }
  }

  private static ManagedChannel channelTo(Address address) {
    return NettyChannelBuilder.forAddress(address.toSocketAddress())
        .channelType(NioDomainSocketChannel.class)
        .eventLoopGroup(new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()))
        .overrideAuthority("localhost")
        .usePlaintext()
        .build();
  }
}
