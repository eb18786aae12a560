package contract

import (
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
	"google.golang.org/protobuf/types/known/durationpb"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	meshv1 "theseus.local/inventory/gen/theseus/mesh/v1"
	quotav1 "theseus.local/inventory/gen/theseus/quota/v1"
)

// faultsIn reads the faults of the method Call of a service, without its name.
func faultsIn(t *testing.T, service protoreflect.ServiceDescriptor) []string {
	t.Helper()
	_, err := PoliciesOf(service)
	if err == nil {
		return nil
	}
	lines := strings.Split(err.Error(), "\n")
	for i, line := range lines {
		fault, found := strings.CutPrefix(line, "orders.Orders.Call: ")
		if !found {
			t.Errorf("%q does not begin with the method's name", line)
		}
		lines[i] = fault
	}
	return lines
}

func TestFaultsOfPolicies(t *testing.T) {
	second := durationpb.New(time.Second)
	good := &meshv1.Policy{Timeout: second, Allow: ways(allow("gateway", user)), MaxRequestBytes: 1}
	const noName = "allows a caller without a name, and its service names no single one"
	tests := []struct {
		name        string
		shared, own *meshv1.Policy
		want        []string
	}{
		{"silence", nil, nil, []string{"has no policy"}},
		{"empty policies", &meshv1.Policy{}, &meshv1.Policy{}, []string{"has no timeout", "has no max_request_bytes", "allows no caller"}},
		{"no time", good, &meshv1.Policy{Timeout: &durationpb.Duration{Nanos: 499_999}}, []string{"has no timeout"}},
		{"a rate of none", good, &meshv1.Policy{Rate: &meshv1.Rate{}}, []string{"rate lets no call through"}},
		{"a small burst", good, &meshv1.Policy{Rate: &meshv1.Rate{RequestsPerSecond: 2, Burst: 1}}, []string{"rate's burst is below requests_per_second"}},
		{"a caller that the service does not name", &meshv1.Policy{Timeout: second, MaxRequestBytes: 1},
			&meshv1.Policy{Allow: ways(allow("", user))}, []string{noName}},
		{"a caller of two", &meshv1.Policy{Timeout: second, MaxRequestBytes: 1, Allow: ways(allow("gateway", none), allow("payment", none))},
			&meshv1.Policy{Allow: ways(allow("", user))}, []string{noName}},
		{"a caller of two, one without a name", &meshv1.Policy{Timeout: second, MaxRequestBytes: 1, Allow: ways(allow("", none), allow("payment", none))},
			nil, []string{noName}},
		{"no proof", good, &meshv1.Policy{Allow: ways(allow("", 0))}, []string{`does not say what a call of "gateway" must prove`}},
		{"an unknown proof", good, &meshv1.Policy{Allow: ways(allow("", 9))}, []string{`asks "gateway" for the unknown proof 9`}},
		{"a way twice", good, &meshv1.Policy{Allow: ways(allow("", user), allow("gateway", user))}, []string{`allows "gateway USER" twice`}},
		{"two ways of a caller", good, &meshv1.Policy{Allow: ways(allow("", user), allow("", none))}, nil},
	}
	for _, test := range tests {
		if got := faultsIn(t, withPolicies(t, test.shared, test.own)); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestFaultsOfReasonsAndQuotas(t *testing.T) {
	const exceeded = errorv1.ErrorReason_QUOTA_EXCEEDED
	open := &quotav1.Quota{Name: "open", Scope: quotav1.Scope_SCOPE_USER, Limit: 1}
	tests := []struct {
		name    string
		reasons []Reason
		quotas  []*quotav1.Quota
		want    []string
	}{
		{"a quota and its reason", []Reason{exceeded}, []*quotav1.Quota{open}, nil},
		{"a reason that is none", []Reason{0}, nil, []string{"declares an unspecified error"}},
		{"an unknown reason", []Reason{999}, nil, []string{"declares the unknown error 999"}},
		{"a reason twice", []Reason{errorv1.ErrorReason_ITEM_EXISTS, errorv1.ErrorReason_ITEM_EXISTS}, nil, []string{"declares ITEM_EXISTS twice"}},
		{"a quota without its reason", nil, []*quotav1.Quota{open}, []string{"has quotas and does not declare QUOTA_EXCEEDED"}},
		{"a reason without a quota", []Reason{exceeded}, nil, []string{"declares QUOTA_EXCEEDED and has no quota"}},
		{"a quota twice", []Reason{exceeded}, []*quotav1.Quota{open, open}, []string{`has the quota "open" twice`}},
		{"an empty quota", []Reason{exceeded}, []*quotav1.Quota{{Window: &durationpb.Duration{}}}, []string{
			"has a quota without a name", `quota "" does not say whose`, `quota "" lets nothing through`, `quota "" has an empty window`,
		}},
		{"a quota of an unknown scope", []Reason{exceeded}, []*quotav1.Quota{{Name: "open", Scope: 9, Limit: 1}}, []string{`quota "open" does not say whose`}},
	}
	for _, test := range tests {
		options := &descriptorpb.MethodOptions{}
		proto.SetExtension(options, meshv1.E_Policy, &meshv1.Policy{
			Timeout: durationpb.New(time.Second), Allow: ways(allow("gateway", user)), MaxRequestBytes: 1,
		})
		proto.SetExtension(options, meshv1.E_Errors, test.reasons)
		proto.SetExtension(options, quotav1.E_Quotas, test.quotas)
		if got := faultsIn(t, newService(t, nil, options)); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// anothersOption makes an extension of options, of the same number and form as one of this contract, that belongs to another.
func anothersOption(t *testing.T, ours protoreflect.ExtensionType) protoreflect.ExtensionType {
	t.Helper()
	home := ours.TypeDescriptor().ParentFile()
	imports := []string{home.Path()}
	for i := range home.Imports().Len() {
		imports = append(imports, home.Imports().Get(i).Path())
	}
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name:       proto.String("others.proto"),
		Package:    proto.String("others"),
		Dependency: imports,
		Extension:  []*descriptorpb.FieldDescriptorProto{protodesc.ToFieldDescriptorProto(ours.TypeDescriptor())},
	}, protoregistry.GlobalFiles)
	if err != nil {
		t.Fatal(err)
	}
	return dynamicpb.NewExtensionType(file.Extensions().Get(0))
}

func TestAnotherContractsOptionsAreNotOurs(t *testing.T) {
	policy := dynamicpb.NewMessage((*meshv1.Policy)(nil).ProtoReflect().Descriptor())
	options, ofMethod := &descriptorpb.ServiceOptions{}, &descriptorpb.MethodOptions{}
	proto.SetExtension(options, anothersOption(t, meshv1.E_ServicePolicy), policy)
	proto.SetExtension(ofMethod, anothersOption(t, meshv1.E_Policy), policy)
	for _, ours := range []protoreflect.ExtensionType{meshv1.E_Errors, quotav1.E_Quotas} {
		others := anothersOption(t, ours)
		list := others.New()
		list.List().Append(list.List().NewElement())
		ofMethod.ProtoReflect().Set(others.TypeDescriptor(), list)
	}
	want := []string{"has no policy"}
	if got := faultsIn(t, newService(t, options, ofMethod)); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
