package theseus.payment.contract;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import theseus.mesh.v1.PolicyOuterClass;
import theseus.mesh.v1.PolicyOuterClass.Allow;
import theseus.mesh.v1.PolicyOuterClass.Policy;

/** The policy in the options of a method and of its service. */
final class PolicyOptions {
  private PolicyOptions() {}

  static boolean isIn(MethodDescriptor method) {
    return method.getOptions().hasExtension(PolicyOuterClass.policy)
        || method.getService().getOptions().hasExtension(PolicyOuterClass.servicePolicy);
  }

  /**
   * What the method's own policy sets takes the place of what its service's says, field by field
   * and each as a whole. A merge of Protobuf would add ways to ways.
   */
  static Policy of(MethodDescriptor method) {
    var own = method.getOptions().getExtension(PolicyOuterClass.policy);
    var policy = ofService(method.getService()).toBuilder();
    if (own.hasTimeout()) policy.setTimeout(own.getTimeout());
    if (own.hasRate()) policy.setRate(own.getRate());
    if (own.getMaxRequestBytes() != 0) policy.setMaxRequestBytes(own.getMaxRequestBytes());
    if (own.getAllowCount() > 0) policy.clearAllow().addAllAllow(own.getAllowList());
    var onlyCaller = onlyCallerOf(method.getService());
    policy.getAllowBuilderList().stream()
        .filter(way -> way.getCaller().isEmpty())
        .forEach(way -> way.setCaller(onlyCaller));
    return policy.build();
  }

  /** The one caller that a service's policy names; an empty text when it names none, or more. */
  private static String onlyCallerOf(ServiceDescriptor service) {
    var callers =
        ofService(service).getAllowList().stream().map(Allow::getCaller).distinct().toList();
    return callers.size() == 1 ? callers.get(0) : "";
  }

  private static Policy ofService(ServiceDescriptor service) {
    return service.getOptions().getExtension(PolicyOuterClass.servicePolicy);
  }
}
