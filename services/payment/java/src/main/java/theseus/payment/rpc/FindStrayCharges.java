package theseus.payment.rpc;

import java.util.List;
import java.util.stream.Collectors;
import theseus.payment.call.Call;
import theseus.payment.message.Messages;
import theseus.payment.saga.LedgerMoney;
import theseus.payment.saga.PaymentLog;
import theseus.payment.v1.PaymentServiceOuterClass.FindStrayChargesRequest;
import theseus.payment.v1.PaymentServiceOuterClass.FindStrayChargesResponse;
import theseus.payment.v1.PaymentServiceOuterClass.StrayCharge;
import theseus.payment.values.Paging;
import theseus.provider.v1.CardProviderOuterClass.LedgerEntry;
import theseus.provider.v1.CardProviderOuterClass.LedgerEntryType;
import theseus.provider.v1.CardProviderOuterClass.ListLedgerRequest;

/**
 * A payment's intent is written before the provider hears of it: a line without one is of a payment
 * that was lost.
 */
record FindStrayCharges(PaymentContext context) {
  private static final List<String> BOUND = List.of("FindStrayCharges");

  FindStrayChargesResponse answer(FindStrayChargesRequest request, Call call) {
    var sides = context.otherSides();
    var page =
        sides.readPage(
            ListLedgerRequest.newBuilder()
                .setPageSize(Paging.size(request.getPageSize()))
                .setPageToken(ofProvider(request.getPageToken()))
                .build(),
            call.outgoing());
    // Every payment that the provider knows has one line of this type.
    var ids =
        page.getEntriesList().stream()
            .filter(entry -> entry.getType() == LedgerEntryType.LEDGER_ENTRY_TYPE_AUTHORIZED)
            .map(LedgerEntry::getPaymentId)
            .toList();
    var known =
        context.store().loadAll(ids).stream().map(PaymentLog::id).collect(Collectors.toSet());
    var response = FindStrayChargesResponse.newBuilder();
    for (var id : ids) {
      if (known.contains(id)) continue;
      LedgerMoney.stray(sides.readLedger(id, call.outgoing()))
          .map(stray -> toCharge(id, stray))
          .ifPresent(response::addCharges);
    }
    var next = page.getNextPageToken();
    if (!next.isEmpty()) response.setNextPageToken(Paging.encode(BOUND, List.of(next)));
    return response.build();
  }

  private static String ofProvider(String token) {
    if (token.isEmpty()) return "";
    var cursor = Paging.decode(BOUND, token);
    if (cursor.size() != 1 || !cursor.get(0).matches("[!-~]+")) throw Paging.invalid();
    return cursor.get(0);
  }

  private static StrayCharge toCharge(String payment, LedgerMoney.Stray stray) {
    return StrayCharge.newBuilder()
        .setPaymentId(payment)
        .setAmount(Messages.toMoney(stray.amount()))
        .setCaptured(stray.captured())
        .build();
  }
}
