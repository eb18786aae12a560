package theseus.payment.protocols;

import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.call.BytesMarshaller;
import theseus.payment.contract.RefusedException;
import theseus.payment.contract.StatusDetails;

/** Refuses calls of methods that do not exist, with a reason like every other refusal. */
public final class UnknownMethods extends HandlerRegistry {
  @Override
  public ServerMethodDefinition<?, ?> lookupMethod(String name, String authority) {
    var bytes = new BytesMarshaller();
    var method = MethodDescriptor.newBuilder(bytes, bytes).setType(MethodType.BIDI_STREAMING);
    return ServerMethodDefinition.create(
        method.setFullMethodName(name).build(), (call, headers) -> refuse(call));
  }

  private static ServerCall.Listener<byte[]> refuse(ServerCall<byte[], byte[]> call) {
    var refusal = new RefusedException(ErrorReason.UNIMPLEMENTED, "there is no such method");
    var failure = StatusDetails.write(refusal);
    var trailers = failure.getTrailers();
    call.close(failure.getStatus(), trailers == null ? new Metadata() : trailers);
    return new ServerCall.Listener<>() {};
  }
}
