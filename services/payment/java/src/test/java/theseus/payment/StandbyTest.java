package theseus.payment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.DescriptorProtos.MethodOptions.IdempotencyLevel;
import com.mongodb.ConnectionString;
import com.mongodb.client.MongoClients;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.contract.StatusDetails;
import theseus.payment.process.LibraryLogs;
import theseus.payment.process.Log;
import theseus.payment.process.Redaction;
import theseus.payment.process.Stdout;
import theseus.payment.saga.Intent;
import theseus.payment.saga.Money;
import theseus.payment.saga.RequestMark;
import theseus.payment.store.Marker;
import theseus.payment.store.MongoPaymentStore;
import theseus.payment.telemetry.Telemetry;
import theseus.payment.v1.PaymentServiceGrpc;
import theseus.payment.v1.PaymentServiceOuterClass;
import theseus.payment.v1.PaymentServiceOuterClass.GetPaymentRequest;

@DisplayName("A process with a standby file")
@Timeout(60)
class StandbyTest {
  private static final String NOWHERE = "mongodb://127.0.0.1:1/none";

  /** Of {@code users/a}. */
  private static final String CLAIMS = "eyJzdWIiOiJ1c2Vycy9hIiwicm9sZXMiOltdLCJzaWQiOiJzIn0";

  @TempDir private Path folder;
  private Path standby;
  private PaymentProcess process;
  private ManagedChannel channel;

  @BeforeEach
  void enterStandby() throws IOException {
    standby = Files.createFile(folder.resolve("standby"));
  }

  @AfterEach
  void stop() {
    // A test without a store has started nothing.
    if (channel != null) channel.shutdownNow();
    if (process != null) process.close();
  }

  /** A database of its own in the store of MONGODB_URL. */
  private static String newDatabase() {
    var url = System.getenv("MONGODB_URL");
    assumeTrue(url != null && !url.isEmpty(), "MONGODB_URL is not set");
    return url.replaceFirst("(mongodb://[^/]+)/[^?]*", "$1/test_" + UUID.randomUUID());
  }

  private void start(String url) throws IOException {
    writeUrl(url);
    var variables =
        Map.of(
            "LISTEN", "127.0.0.1:0",
            "MESH", "127.0.0.1:1",
            "MONGODB_URL_FILE", folder.resolve("url").toString(),
            "LAUNCH_STANDBY_FILE", standby.toString(),
            "RECOVER_AFTER_MS", "0",
            "TRUST_DOMAIN", "mesh.test",
            "TOKEN_SUBJECT_PREFIX", "users/",
            "ADMIN_ROLE", "root");
    var log = new Log(new Stdout(), Log.Level.SILENT, new Redaction(Set.of()), "test");
    LibraryLogs.goTo(log);
    process = PaymentProcess.start(Config.read(variables), Telemetry.none(), log);
    channel = NettyChannelBuilder.forTarget(process.address()).usePlaintext().build();
  }

  private void writeUrl(String url) throws IOException {
    var file = folder.resolve("url");
    Files.writeString(file, url);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private void until(String name, ServingStatus status) {
    var request = HealthCheckRequest.newBuilder().setService(name).build();
    var answers = HealthGrpc.newBlockingStub(channel).watch(request);
    var now = answers.next().getStatus();
    while (now != status) now = answers.next().getStatus();
  }

  private PaymentServiceGrpc.PaymentServiceBlockingStub payments() {
    var headers = new Metadata();
    headers.put(Metadata.Key.of("x-theseus-claims", Metadata.ASCII_STRING_MARSHALLER), CLAIMS);
    return PaymentServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private <Q, S> Optional<ErrorReason> refusalOf(MethodDescriptor<Q, S> method) {
    var marshaller = (MethodDescriptor.PrototypeMarshaller<Q>) method.getRequestMarshaller();
    var empty = marshaller.getMessagePrototype();
    return StatusDetails.reasonOf(
        assertThrows(
            StatusRuntimeException.class,
            () -> ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, empty)));
  }

  private static Set<String> collectionsOf(String url) {
    try (var client = MongoClients.create(url)) {
      var database = new ConnectionString(url).getDatabase();
      return client.getDatabase(database).listCollectionNames().into(new HashSet<>());
    }
  }

  private static List<Marker> marksOf(MongoPaymentStore store) {
    var marks = new ArrayList<Marker>();
    store.eachMarkBefore(Instant.now(), marks::add);
    return marks;
  }

  @Test
  void refusesEachMethodThatWrites() throws IOException {
    start(NOWHERE);
    var service = PaymentServiceOuterClass.getDescriptor().findServiceByName("PaymentService");
    var refusals = new HashMap<String, Optional<ErrorReason>>();
    for (var method : PaymentServiceGrpc.getServiceDescriptor().getMethods()) {
      var options = service.findMethodByName(method.getBareMethodName()).getOptions();
      if (options.getIdempotencyLevel() == IdempotencyLevel.NO_SIDE_EFFECTS) continue;
      // Neither the token, nor the allow list, nor the request is looked at.
      refusals.put(method.getBareMethodName(), refusalOf(method));
    }
    var unavailable = Optional.of(ErrorReason.SERVICE_UNAVAILABLE);
    assertEquals(
        Map.of(
            "CreatePayment", unavailable,
            "CancelPayment", unavailable,
            "RefundPayment", unavailable,
            "ReconcilePayment", unavailable),
        refusals);
  }

  @Test
  void leavesTheStoreAsItIsUntilItIsActive() throws IOException {
    var url = newDatabase();
    start(url);
    try (var store = new MongoPaymentStore(new ConnectionString(url), 5)) {
      // Of a payment that never began: the recovery takes its place and removes the mark.
      store.mark(new Marker("p", 1, Instant.now().minus(Duration.ofHours(2))), Optional.empty());
      until("", ServingStatus.SERVING);
      until("active", ServingStatus.NOT_SERVING);
      assertEquals(1, marksOf(store).size());
      assertEquals(Set.of("payment_work"), collectionsOf(url));
      Files.delete(standby);
      until("active", ServingStatus.SERVING);
      while (!marksOf(store).isEmpty()) Thread.onSpinWait();
      Files.createFile(standby);
      until("active", ServingStatus.NOT_SERVING);
      store.mark(new Marker("q", 1, Instant.now().minus(Duration.ofHours(2))), Optional.empty());
      until("", ServingStatus.SERVING);
      assertEquals(1, marksOf(store).size());
      Files.delete(standby);
      while (!marksOf(store).isEmpty()) Thread.onSpinWait();
    }
  }

  @Test
  void opensItsStoreAnewWhenTheUrlHasChanged() throws IOException {
    var url = newDatabase();
    start(newDatabase());
    var name = GetPaymentRequest.newBuilder().setName("payments/p").build();
    try (var store = new MongoPaymentStore(new ConnectionString(url), 5)) {
      var mark = new RequestMark("r", "f");
      var price = new Money("EUR", 1, 0);
      store.insertIntent(new Intent("p", "users/a", "reservations/r", price, mark, Instant.EPOCH));
    }
    until("", ServingStatus.SERVING);
    assertEquals(Optional.of(ErrorReason.PAYMENT_NOT_FOUND), reasonOf(name));
    writeUrl(url);
    Files.delete(standby);
    until("active", ServingStatus.SERVING);
    assertEquals("payments/p", payments().getPayment(name).getName());
  }

  private Optional<ErrorReason> reasonOf(GetPaymentRequest request) {
    return StatusDetails.reasonOf(
        assertThrows(StatusRuntimeException.class, () -> payments().getPayment(request)));
  }
}
