package theseus.payment.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import build.buf.protovalidate.ValidatorFactory;
import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.Duration;
import io.grpc.CallOptions;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
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
import theseus.payment.contract.StatusDetails;
import theseus.payment.contract.TestMethod;

@DisplayName("A method that takes 6 MiB")
@Timeout(20)
class RequestSizeTest {
  private static final int MIB = 1024 * 1024;
  private static final TestMethod METHOD =
      TestMethod.with(
          Policy.newBuilder()
              .setTimeout(Duration.newBuilder().setSeconds(10))
              .setMaxRequestBytes(6 * MIB)
              .addAllow(Allow.newBuilder().setCaller("anybody").setAuth(Auth.AUTH_PUBLIC))
              .build());

  @TempDir private Path folder;
  private TestServer server;

  @BeforeEach
  void start() {
    var service =
        new RpcService(METHOD.serviceForGrpc(), ValidatorFactory.newBuilder().build())
            .with(METHOD.forGrpc(), Handler.blocking((request, call) -> request));
    server = new TestServer(folder, service);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private int echo(int bytes) {
    var request = BytesValue.of(ByteString.copyFrom(new byte[bytes]));
    var options = CallOptions.DEFAULT.withMaxInboundMessageSize(16 * MIB);
    return ClientCalls.blockingUnaryCall(server.channel, METHOD.forGrpc(), options, request)
        .getValue()
        .size();
  }

  @Test
  void takesMoreThanTheLibrarysDefault() {
    assertEquals(5 * MIB, echo(5 * MIB));
  }

  @Test
  void refusesMoreWithAReason() {
    var refusal = assertThrows(StatusRuntimeException.class, () -> echo(7 * MIB));
    assertEquals(Optional.of(ErrorReason.REQUEST_TOO_LARGE), StatusDetails.reasonOf(refusal));
  }
}
