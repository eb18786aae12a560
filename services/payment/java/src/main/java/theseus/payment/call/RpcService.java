package theseus.payment.call;

import build.buf.protovalidate.Validator;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A service of the contract: handlers bound to its methods. */
public final class RpcService {
  private final ServiceDescriptor descriptor;
  private final Validator validator;
  private final List<RpcMethod<?, ?>> methods = new ArrayList<>();

  public RpcService(ServiceDescriptor descriptor, Validator validator) {
    this.descriptor = descriptor;
    this.validator = validator;
  }

  public <Q extends Message, S extends Message> RpcService with(
      MethodDescriptor<Q, S> method, Handler<Q, S> handler) {
    methods.add(RpcMethod.of(method, handler, validator));
    return this;
  }

  public String name() {
    return descriptor.getName();
  }

  /** The most bytes that any method takes; 0 without methods. */
  public int largestRequest() {
    return methods.stream().mapToInt(each -> each.policy().maxRequestBytes()).max().orElse(0);
  }

  public ServerServiceDefinition define(Surroundings surroundings) {
    var definitions = methods.stream().map(method -> method.define(surroundings)).toList();
    var onWire =
        ServiceDescriptor.newBuilder(descriptor.getName())
            .setSchemaDescriptor(Objects.requireNonNull(descriptor.getSchemaDescriptor()));
    definitions.forEach(each -> onWire.addMethod(each.getMethodDescriptor()));
    var service = ServerServiceDefinition.builder(onWire.build());
    definitions.forEach(service::addMethod);
    return service.build();
  }
}
