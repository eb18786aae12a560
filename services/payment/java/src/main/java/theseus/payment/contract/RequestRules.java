package theseus.payment.contract;

import build.buf.protovalidate.Validator;
import build.buf.protovalidate.ValidatorFactory;
import build.buf.protovalidate.exceptions.CompilationException;
import com.google.protobuf.Descriptors.FileDescriptor;

/** The rules that the contract has for the messages of a file. */
public final class RequestRules {
  private RequestRules() {}

  /**
   * Compiles all of them, so that no call has to wait for that. The generated code registers the
   * rules of {@code theseus.validate.v1} with the options that use them; a rule that it does not
   * know stops the start.
   */
  public static Validator compile(FileDescriptor file) {
    try {
      return ValidatorFactory.newBuilder().buildWithDescriptors(file.getMessageTypes(), true);
    } catch (CompilationException fault) {
      throw new IllegalStateException("the rules of the contract cannot be compiled", fault);
    }
  }
}
