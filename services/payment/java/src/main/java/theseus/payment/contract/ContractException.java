package theseus.payment.contract;

import java.util.List;

/** A contract that cannot be served: it does not say what it has to. */
public final class ContractException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ContractException(String method, List<String> faults) {
    super(method + " " + String.join(", ", faults));
  }
}
