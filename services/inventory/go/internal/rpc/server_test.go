package rpc

import (
	"context"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	meshv1 "theseus.local/inventory/gen/theseus/mesh/v1"
	"theseus.local/inventory/internal/telemetry"
)

const mebibyte = 1 << 20

// newMeasure makes a service of its own contract, whose methods answer the length of what they are sent.
func newMeasure(t *testing.T, name string, policies map[string]*meshv1.Policy) Service {
	t.Helper()
	service := &descriptorpb.ServiceDescriptorProto{Name: proto.String(name)}
	desc := &grpc.ServiceDesc{ServiceName: "measure." + name, HandlerType: (*any)(nil)}
	for method, policy := range policies {
		options := &descriptorpb.MethodOptions{}
		if policy != nil {
			proto.SetExtension(options, meshv1.E_Policy, policy)
		}
		service.Method = append(service.Method, &descriptorpb.MethodDescriptorProto{
			Name:       proto.String(method),
			InputType:  proto.String(".google.protobuf.BytesValue"),
			OutputType: proto.String(".google.protobuf.Int64Value"),
			Options:    options,
		})
		desc.Methods = append(desc.Methods, grpc.MethodDesc{MethodName: method, Handler: length})
	}
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name:       proto.String("measure/" + name + ".proto"),
		Package:    proto.String("measure"),
		Dependency: []string{"google/protobuf/wrappers.proto"},
		Service:    []*descriptorpb.ServiceDescriptorProto{service},
	}, protoregistry.GlobalFiles)
	if err != nil {
		t.Fatal(err)
	}
	return Service{Contract: file.Services().Get(0), Generated: desc, Implementation: struct{}{}}
}

func length(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	var request wrapperspb.BytesValue
	if err := decode(&request); err != nil {
		return nil, err
	}
	return wrapperspb.Int64(int64(len(request.GetValue()))), nil
}

func serve(t *testing.T, service Service) *grpc.ClientConn {
	t.Helper()
	return serveTold(t, service, nil)
}

func serveTold(t *testing.T, service Service, told *telemetry.Telemetry) *grpc.ClientConn {
	t.Helper()
	server, err := NewServer(service, Options{Log: slog.New(slog.DiscardHandler), Telemetry: told})
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(t.TempDir(), "app.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server.Activate()
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { server.Stop(time.Second) })
	connection, err := grpc.NewClient("unix:"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return connection
}

func TestTheContractAloneLimitsRequests(t *testing.T) {
	connection := serve(t, newMeasure(t, "Large", map[string]*meshv1.Policy{"Measure": {
		Timeout:         durationpb.New(time.Minute),
		Allow:           []*meshv1.Allow{{Caller: "gateway", Auth: meshv1.Auth_AUTH_PUBLIC}},
		MaxRequestBytes: 8 * mebibyte,
	}}))
	for _, test := range []struct {
		bytes  int
		reason string
	}{
		{7 * mebibyte, ""},
		{9 * mebibyte, "REQUEST_TOO_LARGE"},
	} {
		var answer wrapperspb.Int64Value
		err := connection.Invoke(t.Context(), "/measure.Large/Measure", wrapperspb.Bytes(make([]byte, test.bytes)), &answer)
		if got := sentReason(err); got != test.reason || (err == nil && answer.GetValue() != int64(test.bytes)) {
			t.Errorf("%d bytes: %d, %v, want the reason %q", test.bytes, answer.GetValue(), err, test.reason)
		}
	}
}

func TestAContractThatIsSilentIsAFaultAtTheStart(t *testing.T) {
	second, ways := durationpb.New(time.Second), []*meshv1.Allow{{Caller: "gateway", Auth: meshv1.Auth_AUTH_PUBLIC}}
	service := newMeasure(t, "Silent", map[string]*meshv1.Policy{
		"Whole":     {Timeout: second, Allow: ways, MaxRequestBytes: 1},
		"NoPolicy":  nil,
		"NoTimeout": {Allow: ways, MaxRequestBytes: 1},
		"NoSize":    {Timeout: second, Allow: ways},
		"NoCaller":  {Timeout: second, MaxRequestBytes: 1},
	})
	_, err := NewServer(service, Options{Log: slog.New(slog.DiscardHandler)})
	if err == nil {
		t.Fatal("a server of a silent contract starts")
	}
	for _, want := range []string{
		"measure.Silent.NoPolicy: has no policy", "measure.Silent.NoTimeout: has no timeout",
		"measure.Silent.NoSize: has no max_request_bytes", "measure.Silent.NoCaller: allows no caller",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want it to say %q", err, want)
		}
	}
	if strings.Contains(err.Error(), "Whole") {
		t.Errorf("%v names a method that lacks nothing", err)
	}
}

// sentReason is the reason in the details of a status; empty for none.
func sentReason(err error) string {
	for _, each := range status.Convert(err).Details() {
		if info, ok := each.(*errdetails.ErrorInfo); ok {
			return info.GetReason()
		}
	}
	return ""
}
