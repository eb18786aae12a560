package theseus.payment.call;

import build.buf.protovalidate.Validator;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import theseus.payment.contract.MethodPolicy;

/** A method of the contract with its policy and its handler. */
record RpcMethod<Q extends Message, S extends Message>(
    MethodDescriptor<Q, S> descriptor,
    MethodPolicy policy,
    RequestReader<Q> reader,
    Handler<Q, S> handler) {

  static <Q extends Message, S extends Message> RpcMethod<Q, S> of(
      MethodDescriptor<Q, S> descriptor, Handler<Q, S> handler, Validator validator) {
    if (descriptor.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier schema
        && descriptor.getRequestMarshaller() instanceof PrototypeMarshaller<Q> marshaller) {
      var policy = MethodPolicy.of(schema.getMethodDescriptor());
      var prototype = marshaller.getMessagePrototype();
      var reader = new RequestReader<>(prototype, policy.maxRequestBytes(), validator);
      return new RpcMethod<>(descriptor, policy, reader, handler);
    }
    throw new IllegalArgumentException(descriptor.getFullMethodName() + " is not made of Protobuf");
  }

  /**
   * The method for the server. Requests are left as bytes, so that damaged ones can be refused with
   * a reason.
   */
  ServerMethodDefinition<byte[], S> define(Surroundings surroundings) {
    var onWire = descriptor.toBuilder(new BytesMarshaller(), descriptor.getResponseMarshaller());
    ServerCallHandler<byte[], S> answer =
        (call, headers) -> {
          var exchange = new Exchange<>(this, call, headers, surroundings);
          exchange.begin(headers);
          return exchange;
        };
    return ServerMethodDefinition.create(onWire.build(), answer);
  }
}
