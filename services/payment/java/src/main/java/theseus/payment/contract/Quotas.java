package theseus.payment.contract;

import com.google.protobuf.Descriptors.MethodDescriptor;
import java.util.List;
import theseus.quota.v1.QuotaOuterClass;
import theseus.quota.v1.QuotaOuterClass.Quota;

/** The quotas that a call of a method uses up. */
public final class Quotas {
  private Quotas() {}

  /** Throws ContractException when the method has no quota of this name. */
  public static Quota named(MethodDescriptor method, String name) {
    return of(method).stream()
        .filter(quota -> quota.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> missing(method, name));
  }

  static List<Quota> of(MethodDescriptor method) {
    return method.getOptions().getExtension(QuotaOuterClass.quotas);
  }

  private static ContractException missing(MethodDescriptor method, String name) {
    return new ContractException(List.of(method.getFullName() + " has no quota \"" + name + "\""));
  }
}
