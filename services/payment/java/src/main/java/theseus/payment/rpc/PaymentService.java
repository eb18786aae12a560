package theseus.payment.rpc;

import build.buf.protovalidate.Validator;
import theseus.payment.call.Call;
import theseus.payment.call.Handler;
import theseus.payment.call.RpcService;
import theseus.payment.message.Messages;
import theseus.payment.v1.PaymentOuterClass.Payment;
import theseus.payment.v1.PaymentServiceGrpc;
import theseus.payment.v1.PaymentServiceOuterClass.GetPaymentRequest;

/** Binds each RPC to its handler. */
public final class PaymentService {
  private PaymentService() {}

  public static RpcService create(PaymentContext context, Validator validator) {
    var list = new ListPayments(context);
    return new RpcService(PaymentServiceGrpc.getServiceDescriptor(), validator)
        .with(
            PaymentServiceGrpc.getCreatePaymentMethod(),
            Handler.later(new CreatePayment(context)::answer))
        .with(
            PaymentServiceGrpc.getGetPaymentMethod(),
            Handler.blocking((request, call) -> get(context, request, call)))
        .with(PaymentServiceGrpc.getListPaymentsMethod(), Handler.blocking(list::answer))
        .with(
            PaymentServiceGrpc.getCancelPaymentMethod(),
            Handler.later(new CancelPayment(context)::answer))
        .with(
            PaymentServiceGrpc.getRefundPaymentMethod(),
            Handler.later(new RefundPayment(context)::answer))
        .with(
            PaymentServiceGrpc.getReconcilePaymentMethod(),
            Handler.blocking(new ReconcilePayment(context)::answer))
        .with(
            PaymentServiceGrpc.getFindStrayChargesMethod(),
            Handler.blocking(new FindStrayCharges(context)::answer))
        .with(PaymentServiceGrpc.getListPaymentEventsMethod(), Handler.blocking(list::answer))
        .with(PaymentServiceGrpc.getWatchPaymentMethod(), new WatchPayment(context)::answer);
  }

  private static Payment get(PaymentContext context, GetPaymentRequest request, Call call) {
    var visible = PaymentContext.Visibility.OWN_OR_ADMIN;
    return Messages.toPayment(context.find(request.getName(), visible, call));
  }
}
