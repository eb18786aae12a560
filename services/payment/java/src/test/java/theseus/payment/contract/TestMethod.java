package theseus.payment.contract;

import com.google.protobuf.BytesValue;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.DescriptorProtos.ServiceOptions;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.WrappersProto;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.protobuf.ProtoUtils;
import theseus.mesh.v1.PolicyOuterClass;
import theseus.mesh.v1.PolicyOuterClass.Policy;

/** {@code test.Service.Method}, which takes bytes and answers bytes, with options of a test. */
public record TestMethod(MethodDescriptor getMethodDescriptor)
    implements ProtoMethodDescriptorSupplier {

  public static TestMethod with(Policy own) {
    return with(Policy.getDefaultInstance(), own);
  }

  static TestMethod with(Policy shared, Policy own) {
    return with(
        ServiceOptions.newBuilder().setExtension(PolicyOuterClass.servicePolicy, shared).build(),
        MethodOptions.newBuilder().setExtension(PolicyOuterClass.policy, own).build());
  }

  static TestMethod with(ServiceOptions shared, MethodOptions own) {
    var file = FileDescriptorProto.newBuilder().setName("test.proto").setPackage("test");
    file.addDependency("google/protobuf/wrappers.proto")
        .addServiceBuilder()
        .setName("Service")
        .setOptions(shared)
        .addMethodBuilder()
        .setName("Method")
        .setInputType(".google.protobuf.BytesValue")
        .setOutputType(".google.protobuf.BytesValue")
        .setOptions(own);
    try {
      var imports = new FileDescriptor[] {WrappersProto.getDescriptor()};
      var service = FileDescriptor.buildFrom(file.build(), imports).getServices().get(0);
      return new TestMethod(service.getMethods().get(0));
    } catch (DescriptorValidationException fault) {
      throw new IllegalArgumentException(fault);
    }
  }

  @Override
  public ServiceDescriptor getServiceDescriptor() {
    return getMethodDescriptor.getService();
  }

  @Override
  public FileDescriptor getFileDescriptor() {
    return getMethodDescriptor.getFile();
  }

  public io.grpc.MethodDescriptor<BytesValue, BytesValue> forGrpc() {
    var bytes = ProtoUtils.marshaller(BytesValue.getDefaultInstance());
    return io.grpc.MethodDescriptor.newBuilder(bytes, bytes)
        .setType(MethodType.UNARY)
        .setFullMethodName("test.Service/Method")
        .setSchemaDescriptor(this)
        .build();
  }

  public io.grpc.ServiceDescriptor serviceForGrpc() {
    return io.grpc.ServiceDescriptor.newBuilder("test.Service").setSchemaDescriptor(this).build();
  }
}
