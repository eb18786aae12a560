package theseus.payment.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Reads variables, and collects all faults to report them at once. */
public final class Environment {
  private final Map<String, String> variables;
  private final List<ConfigFault> faults = new ArrayList<>();

  public Environment(Map<String, String> variables) {
    this.variables = variables;
  }

  /**
   * A kind of value.
   *
   * @param wanted what the text must be, for the report
   * @param parse empty for a text that is no such value
   * @param secret true when the text must not be repeated
   */
  public record Kind<T>(String wanted, Function<String, Optional<T>> parse, boolean secret) {
    /** A length of time, in ms; both ends included. */
    public static Kind<Duration> milliseconds(long least, long most) {
      return new Kind<>(
          "must be a whole number, " + least + " to " + most,
          text ->
              Optional.of(text)
                  .filter(digits -> digits.matches("[0-9]{1,15}"))
                  .map(Long::valueOf)
                  .filter(value -> value >= least && value <= most)
                  .map(Duration::ofMillis),
          false);
    }
  }

  /** The value; empty only when there is a fault. */
  public <T> Optional<T> required(String name, Kind<T> kind) {
    var given = text(name);
    if (given.isPresent()) return parse(name, given.get(), kind);
    return fault(name, Optional.empty(), "is not set; " + kind.wanted());
  }

  /**
   * The value of a variable or, as containers have secrets, of the private file that {@code
   * <name>_FILE} names; empty only when there is a fault.
   *
   * @param kind a secret one
   */
  public <T> Optional<T> secret(String name, Kind<T> kind) {
    var fileName = name + "_FILE";
    var path = text(fileName);
    if (path.isPresent()) return secretFile(name, fileName, path.get(), kind);
    if (text(name).isPresent()) return required(name, kind);
    return fault(
        name,
        Optional.empty(),
        "is not set; %s; or %s must name a private file that holds it"
            .formatted(kind.wanted(), fileName));
  }

  /**
   * The value, or {@code absent} when the variable is not set or empty; empty when there is a
   * fault.
   */
  public <T> Optional<T> optional(String name, Kind<T> kind, T absent) {
    return text(name).map(given -> parse(name, given, kind)).orElse(Optional.of(absent));
  }

  /**
   * True when these variables are set, false when none of them is. When only some are, each missing
   * one is a fault.
   */
  public boolean together(String... names) {
    var missing = Stream.of(names).filter(name -> text(name).isEmpty()).toList();
    if (missing.size() == names.length) return false;
    var problem = "is not set; set all or none of " + String.join(", ", names);
    missing.forEach(name -> faults.add(new ConfigFault(name, Optional.empty(), problem)));
    return true;
  }

  /** Throws when there is any fault. */
  public void check() {
    if (!faults.isEmpty()) throw new ConfigException(faults);
  }

  private <T> Optional<T> secretFile(String name, String fileName, String path, Kind<T> kind) {
    if (text(name).isPresent()) {
      return fault(
          fileName, Optional.empty(), "is set, and so is %s; set one of them".formatted(name));
    }
    String content;
    try {
      content = PrivateFile.read(path);
    } catch (IllegalArgumentException wrong) {
      return fault(fileName, Optional.of(path), wrong.getMessage());
    }
    var value = kind.parse().apply(content);
    if (value.isPresent()) return value;
    return fault(fileName, Optional.of(path), "what the file holds " + kind.wanted());
  }

  private <T> Optional<T> parse(String name, String given, Kind<T> kind) {
    var value = kind.parse().apply(given);
    if (value.isPresent()) return value;
    return fault(name, Optional.of(given).filter(text -> !kind.secret()), kind.wanted());
  }

  private <T> Optional<T> fault(String name, Optional<String> given, String problem) {
    faults.add(new ConfigFault(name, given, problem));
    return Optional.empty();
  }

  private Optional<String> text(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
  }
}
