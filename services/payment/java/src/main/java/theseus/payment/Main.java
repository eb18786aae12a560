package theseus.payment;

import java.util.Map;
import theseus.payment.contract.RedactedFields;
import theseus.payment.process.Launch;
import theseus.payment.process.LibraryLogs;
import theseus.payment.process.Log;
import theseus.payment.process.Redaction;
import theseus.payment.process.Stdout;
import theseus.payment.telemetry.Telemetry;
import theseus.payment.v1.PaymentServiceOuterClass;
import theseus.provider.v1.CardProviderOuterClass;
import theseus.user.v1.UserServiceOuterClass;

/** The payment service as a process. */
public final class Main {
  private static final String NAME = "payment";

  private Main() {}

  public static void main(String[] arguments) {
    Launch.run(Main::start);
  }

  private static Launch.Running start(Map<String, String> environment, Stdout out) {
    var redaction =
        new Redaction(
            RedactedFields.namesIn(
                PaymentServiceOuterClass.getDescriptor(),
                CardProviderOuterClass.getDescriptor(),
                UserServiceOuterClass.getDescriptor()));
    LibraryLogs.goTo(new Log(out, Log.Level.INFO, redaction, NAME));
    var config = Config.read(environment);
    var telemetry = Telemetry.start(config.telemetry(), NAME, Launch.version());
    var log = new Log(out, config.logLevel(), redaction, NAME).toldTo(telemetry::record);
    LibraryLogs.goTo(log);
    return PaymentProcess.start(config, telemetry, log);
  }
}
