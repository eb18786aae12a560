package theseus.payment.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Reads variables and remembers what is wrong with them, to say it all at once. */
public final class Environment {
  private final Map<String, String> variables;
  private final List<ConfigFault> faults = new ArrayList<>();

  public Environment(Map<String, String> variables) {
    this.variables = variables;
  }

  /**
   * A kind of value.
   *
   * @param wanted what a text must be, for people
   * @param parse empty for a text that is none
   * @param secret true when the text must not be repeated
   */
  public record Kind<T>(String wanted, Function<String, Optional<T>> parse, boolean secret) {}

  /** Empty only when there is a fault. */
  public <T> Optional<T> required(String name, Kind<T> kind) {
    var given = text(name);
    if (given.isPresent()) return parse(name, given.get(), kind);
    faults.add(new ConfigFault(name, Optional.empty(), "is not set; " + kind.wanted()));
    return Optional.empty();
  }

  /** An empty variable counts as absent. */
  public <T> Optional<T> optional(String name, Kind<T> kind, T absent) {
    return text(name).map(given -> parse(name, given, kind)).orElse(Optional.of(absent));
  }

  /**
   * True when variables that come together are set, false when none is. Each that is missing beside
   * others is a fault.
   */
  public boolean together(String... names) {
    var missing = Stream.of(names).filter(name -> text(name).isEmpty()).toList();
    if (missing.size() == names.length) return false;
    var problem = "is not set; set all or none of " + String.join(", ", names);
    missing.forEach(name -> faults.add(new ConfigFault(name, Optional.empty(), problem)));
    return true;
  }

  /** Throws when anything was wrong. */
  public void check() {
    if (!faults.isEmpty()) throw new ConfigException(faults);
  }

  private <T> Optional<T> parse(String name, String given, Kind<T> kind) {
    var value = kind.parse().apply(given);
    if (value.isEmpty()) {
      var shown = Optional.of(given).filter(text -> !kind.secret());
      faults.add(new ConfigFault(name, shown, kind.wanted()));
    }
    return value;
  }

  private Optional<String> text(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
  }
}
