package theseus.payment.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import build.buf.protovalidate.ValidatorFactory;
import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.Duration;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.util.Optional;
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
import theseus.payment.contract.TestMethod;
import theseus.payment.telemetry.RecordingTelemetry;
import theseus.payment.telemetry.SpanPlace;

@DisplayName("A call that is answered")
@Timeout(20)
class TellingTest {
  private static final TestMethod METHOD =
      TestMethod.with(
          Policy.newBuilder()
              .setTimeout(Duration.newBuilder().setSeconds(10))
              .setMaxRequestBytes(100)
              .addAllow(Allow.newBuilder().setCaller("anybody").setAuth(Auth.AUTH_PUBLIC))
              .build());
  private static final SpanPlace CALLER =
      new SpanPlace("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", "01");

  private final RecordingTelemetry telemetry = new RecordingTelemetry();

  @TempDir private Path folder;
  private TestServer server;

  @BeforeEach
  void start() {
    var service =
        new RpcService(METHOD.serviceForGrpc(), ValidatorFactory.newBuilder().build())
            .with(METHOD.forGrpc(), Handler.blocking((request, call) -> request));
    server = new TestServer(folder, service, telemetry);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void call(int bytes, Metadata headers) {
    var channel =
        ClientInterceptors.intercept(
            server.channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    var request = BytesValue.of(ByteString.copyFrom(new byte[bytes]));
    ClientCalls.blockingUnaryCall(channel, METHOD.forGrpc(), CallOptions.DEFAULT, request);
  }

  private static Metadata headers(String... namesAndValues) {
    var headers = new Metadata();
    for (var at = 0; at < namesAndValues.length; at += 2) {
      var key = Metadata.Key.of(namesAndValues[at], Metadata.ASCII_STRING_MARSHALLER);
      headers.put(key, namesAndValues[at + 1]);
    }
    return headers;
  }

  @Test
  void isToldBelowTheSpanOfItsCaller() throws InterruptedException {
    call(1, headers("traceparent", CALLER.toTraceparent(), "x-request-id", "r-1"));
    var told = telemetry.ended.take();
    assertEquals("test.Service/Method", told.method());
    assertEquals("r-1", told.requestId());
    assertEquals(Optional.of(CALLER), told.parent());
    assertEquals(CALLER.traceId(), told.place().traceId());
    assertNotEquals(CALLER.spanId(), told.place().spanId());
    assertEquals(Code.OK, told.code());
    assertEquals(Optional.empty(), told.reason());
  }

  @Test
  void beginsATraceWhereItsCallersCannotBeBelieved() throws InterruptedException {
    call(1, headers("traceparent", "00-" + "0".repeat(32) + "-00f067aa0ba902b7-01"));
    assertEquals(Optional.empty(), telemetry.ended.take().parent());
  }

  @Test
  void isToldOnceWithTheReasonOfItsRefusal() throws InterruptedException {
    assertThrows(StatusRuntimeException.class, () -> call(200, headers()));
    var told = telemetry.ended.take();
    assertEquals(Optional.of(ErrorReason.REQUEST_TOO_LARGE), told.reason());
    server.close();
    assertTrue(telemetry.ended.isEmpty());
  }
}
