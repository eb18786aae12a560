package theseus.payment.protocols;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.rpc.ErrorDetailsProto;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.reflection.v1.ListServiceResponse;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import java.util.List;

/**
 * Server reflection that also knows the messages of status details. The library knows only files
 * that the server's services import, and none imports these: a service without methods does, which
 * is left out of the list.
 */
public final class Reflection {
  private static final String DETAILS = "theseus.payment.ErrorDetails";

  private Reflection() {}

  public static List<ServerServiceDefinition> define() {
    var reflection =
        ServerInterceptors.intercept(ProtoReflectionServiceV1.newInstance(), new Unlisted());
    return List.of(reflection, ServerServiceDefinition.builder(details()).build());
  }

  private static ServiceDescriptor details() {
    ProtoFileDescriptorSupplier schema = Reflection::errorDetails;
    return ServiceDescriptor.newBuilder(DETAILS).setSchemaDescriptor(schema).build();
  }

  private static FileDescriptor errorDetails() {
    return ErrorDetailsProto.getDescriptor();
  }

  private static final class Unlisted implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      var unlisting =
          new SimpleForwardingServerCall<Q, A>(call) {
            @Override
            @SuppressWarnings("unchecked")
            public void sendMessage(A answer) {
              super.sendMessage((A) withoutDetails((ServerReflectionResponse) answer));
            }
          };
      return next.startCall(unlisting, headers);
    }

    private static ServerReflectionResponse withoutDetails(ServerReflectionResponse answer) {
      if (!answer.hasListServicesResponse()) return answer;
      var listed =
          answer.getListServicesResponse().getServiceList().stream()
              .filter(Unlisted::isReal)
              .toList();
      return answer.toBuilder()
          .setListServicesResponse(ListServiceResponse.newBuilder().addAllService(listed))
          .build();
    }

    private static boolean isReal(ServiceResponse service) {
      return !service.getName().equals(DETAILS);
    }
  }
}
