package theseus.payment.contract;

import java.util.List;

/** A contract that cannot be served: it does not say what it has to. */
public final class ContractException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Names every fault, a line each. */
  ContractException(List<String> faults) {
    super(String.join("\n", faults));
  }
}
