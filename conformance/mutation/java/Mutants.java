import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pitest.classinfo.ClassByteArraySource;
import org.pitest.classinfo.ClassName;
import org.pitest.mutationtest.engine.MutationDetails;
import org.pitest.mutationtest.engine.gregor.GregorMutater;
import org.pitest.mutationtest.engine.gregor.config.Mutator;

/**
 * Writes the mutants that PIT's default operators make of a Maven project's compiled classes: one JSON object a line.
 *
 * <p>usage: java -cp pitest.jar Mutants.java FOLDER
 */
final class Mutants {
  private static final String SOURCES = "src/main/java";
  private static final String CLASSES = "target/classes";

  private Mutants() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    var mutater = new GregorMutater(classesOf(folder), method -> !method.isSynthetic(), Mutator.newDefaults());
    for (Path source : filesBelow(folder.resolve(SOURCES), ".java")) {
      List<String> lines = Files.readAllLines(source);
      for (ClassName name : namesOf(folder, source))
        for (MutationDetails found : sorted(mutater.findMutations(name))) {
          if (isTheCompilers(found, lines)) continue;
          byte[] content = mutater.getMutation(found.getId()).getBytes();
          System.out.println(toJson(folder.relativize(source), lines, found, content));
        }
    }
  }

  /** A class and those within it. */
  private static List<ClassName> namesOf(Path folder, Path source) throws IOException {
    Path place = folder.resolve(SOURCES).relativize(source);
    String name = place.getFileName().toString().replace(".java", "");
    Path classes = folder.resolve(CLASSES);
    Path at = place.getParent() == null ? classes : classes.resolve(place.getParent());
    return filesBelow(at, ".class").stream()
        .filter(file -> file.getParent().equals(at))
        .filter(file -> file.getFileName().toString().matches(name + "(\\$.*)?\\.class"))
        .map(file -> classes.relativize(file).toString().replace(".class", "").replace(File.separatorChar, '.'))
        .map(ClassName::fromString)
        .toList();
  }

  private static List<Path> filesBelow(Path folder, String end) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
    }
  }

  /** Members of records and enums that nobody wrote, and the calls at the end of a try that closes what it opened. */
  private static boolean isTheCompilers(MutationDetails found, List<String> lines) {
    int line = found.getLineNumber();
    return line < 1
        || line > lines.size()
        || lines.get(line - 1).matches("\\s*((public|private|protected|static|final) )*(record|enum) .*")
        || lines.get(line - 1).matches("\\s*try \\(.*") && !found.getMutator().contains("ReturnVals")
        || found.getDescription().contains("::addSuppressed");
  }

  private static List<MutationDetails> sorted(Collection<MutationDetails> found) {
    var byPlace =
        Comparator.comparingInt(MutationDetails::getLineNumber)
            .thenComparingInt(MutationDetails::getFirstIndex)
            .thenComparing(MutationDetails::getMutator);
    return found.stream().sorted(byPlace).toList();
  }

  /** The project's classes and its libraries', which say how types are related. */
  private static ClassByteArraySource classesOf(Path folder) throws IOException {
    var places = new ArrayList<URL>(List.of(toUrl(folder.resolve(CLASSES))));
    for (Path jar : filesBelow(folder.resolve("target/lib"), ".jar")) places.add(toUrl(jar));
    var loader = new URLClassLoader(places.toArray(URL[]::new));
    return name -> {
      try (var stream = loader.getResourceAsStream(name.replace('.', '/') + ".class")) {
        return stream == null ? Optional.empty() : Optional.of(stream.readAllBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  private static URL toUrl(Path path) throws MalformedURLException {
    return path.toUri().toURL();
  }

  private static String toJson(Path source, List<String> lines, MutationDetails found, byte[] content) {
    int line = found.getLineNumber();
    String operator = found.getMutator().replaceAll("^.*\\.|Mutator(?=_|$)", "");
    String compiled = CLASSES + "/" + found.getClassName().asInternalName() + ".class";
    return "{"
        + String.join(
            ",",
            text("file", source.toString()),
            text("replaces", compiled),
            "\"line\":" + line,
            "\"column\":" + found.getFirstIndex(),
            text("operator", operator),
            text("before", lines.get(line - 1).strip()),
            text("after", found.getDescription()),
            text("content", Base64.getEncoder().encodeToString(content)))
        + "}";
  }

  private static String text(String key, String value) {
    String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\p{Cntrl}", " ");
    return "\"" + key + "\":\"" + escaped + "\"";
  }
}
