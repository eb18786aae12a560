package theseus.payment.process;

import java.util.List;
import java.util.Optional;

/** All faults of a configuration that the process cannot start with. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<ConfigFault> faults;

  ConfigException(List<ConfigFault> faults) {
    super(faults.toString());
    this.faults = List.copyOf(faults);
  }

  public static ConfigException of(String variable, String given, String problem) {
    return new ConfigException(List.of(new ConfigFault(variable, Optional.of(given), problem)));
  }

  public List<ConfigFault> faults() {
    return faults;
  }
}
