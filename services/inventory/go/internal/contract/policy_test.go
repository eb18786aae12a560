package contract

import (
	"reflect"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/known/durationpb"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	inventoryv1 "theseus.local/inventory/gen/theseus/inventory/v1"
	meshv1 "theseus.local/inventory/gen/theseus/mesh/v1"
	quotav1 "theseus.local/inventory/gen/theseus/quota/v1"
)

const (
	none  = meshv1.Auth_AUTH_NONE
	user  = meshv1.Auth_AUTH_USER
	admin = meshv1.Auth_AUTH_ADMIN
)

// newService makes a service of one method, Call.
func newService(t *testing.T, options *descriptorpb.ServiceOptions, ofMethod *descriptorpb.MethodOptions) protoreflect.ServiceDescriptor {
	t.Helper()
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name:       proto.String("orders.proto"),
		Package:    proto.String("orders"),
		Dependency: []string{"google/protobuf/duration.proto"},
		Service: []*descriptorpb.ServiceDescriptorProto{{
			Name: proto.String("Orders"),
			Method: []*descriptorpb.MethodDescriptorProto{{
				Name:       proto.String("Call"),
				InputType:  proto.String(".google.protobuf.Duration"),
				OutputType: proto.String(".google.protobuf.Duration"),
				Options:    ofMethod,
			}},
			Options: options,
		}},
	}, protoregistry.GlobalFiles)
	if err != nil {
		t.Fatal(err)
	}
	return file.Services().Get(0)
}

// withPolicies makes the service with these policies. A nil one is not there.
func withPolicies(t *testing.T, shared, own *meshv1.Policy) protoreflect.ServiceDescriptor {
	t.Helper()
	options, ofMethod := &descriptorpb.ServiceOptions{}, &descriptorpb.MethodOptions{}
	if shared != nil {
		proto.SetExtension(options, meshv1.E_ServicePolicy, shared)
	}
	if own != nil {
		proto.SetExtension(ofMethod, meshv1.E_Policy, own)
	}
	return newService(t, options, ofMethod)
}

func allow(caller string, auth meshv1.Auth) *meshv1.Allow {
	return &meshv1.Allow{Caller: caller, Auth: auth}
}

func ways(each ...*meshv1.Allow) []*meshv1.Allow { return each }

func TestTheMethodsPolicyTakesThePlaceOfItsServices(t *testing.T) {
	shared := func() *meshv1.Policy {
		return &meshv1.Policy{
			Timeout:         durationpb.New(7 * time.Second),
			Allow:           ways(allow("gateway", admin), allow("gateway", none)),
			Rate:            &meshv1.Rate{RequestsPerSecond: 5, Burst: 6},
			MaxRequestBytes: 1000,
		}
	}
	with := func(change func(*meshv1.Policy)) *meshv1.Policy {
		changed := shared()
		change(changed)
		return changed
	}
	tests := []struct {
		name      string
		own, want *meshv1.Policy
	}{
		{"no policy", nil, shared()},
		{"an empty policy", &meshv1.Policy{}, shared()},
		{"a timeout", &meshv1.Policy{Timeout: durationpb.New(500 * time.Millisecond)},
			with(func(p *meshv1.Policy) { p.Timeout = durationpb.New(500 * time.Millisecond) })},
		{"a rate", &meshv1.Policy{Rate: &meshv1.Rate{RequestsPerSecond: 1, Burst: 2}},
			with(func(p *meshv1.Policy) { p.Rate = &meshv1.Rate{RequestsPerSecond: 1, Burst: 2} })},
		{"a size", &meshv1.Policy{MaxRequestBytes: 1}, with(func(p *meshv1.Policy) { p.MaxRequestBytes = 1 })},
		{"a way in", &meshv1.Policy{Allow: ways(allow("payment", none))},
			with(func(p *meshv1.Policy) { p.Allow = ways(allow("payment", none)) })},
		{"a way in without a caller", &meshv1.Policy{Allow: ways(allow("", user), allow("payment", none))},
			with(func(p *meshv1.Policy) { p.Allow = ways(allow("gateway", user), allow("payment", none)) })},
	}
	for _, test := range tests {
		service := withPolicies(t, shared(), test.own)
		got := resolve(service.Methods().Get(0))
		if !proto.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
		policies, err := PoliciesOf(service)
		if policy := policies["Call"]; err != nil || policy.Timeout != test.want.GetTimeout().AsDuration() ||
			policy.MaxRequestBytes != int(test.want.GetMaxRequestBytes()) || len(policy.Allow) != len(test.want.GetAllow()) {
			t.Errorf("%s: %+v, %v, want %v", test.name, policy, err, test.want)
		}
	}
}

func TestAMethodsPolicyStandsAlone(t *testing.T) {
	own := &meshv1.Policy{Timeout: durationpb.New(time.Second), Allow: ways(allow("gateway", user)), MaxRequestBytes: 1}
	service := withPolicies(t, nil, own)
	if got := resolve(service.Methods().Get(0)); !proto.Equal(got, own) {
		t.Errorf("%v, want %v", got, own)
	}
	if _, err := PoliciesOf(service); err != nil {
		t.Error(err)
	}
}

func TestThePoliciesOfInventory(t *testing.T) {
	service := inventoryv1.File_theseus_inventory_v1_inventory_service_proto.Services().ByName("InventoryService")
	policies, err := PoliciesOf(service)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[protoreflect.Name]Policy{
		"CreateItem":     {Timeout: 3 * time.Second, Allow: ways(allow("gateway", admin)), MaxRequestBytes: 65536},
		"GetReservation": {Timeout: 2 * time.Second, Allow: ways(allow("gateway", user), allow("payment", none)), MaxRequestBytes: 65536},
		"SyncStock":      {Timeout: 5 * time.Minute, Allow: ways(allow("gateway", admin)), MaxRequestBytes: 16384},
	} {
		got := policies[name]
		if got.Timeout != want.Timeout || got.MaxRequestBytes != want.MaxRequestBytes ||
			!proto.Equal(&meshv1.Policy{Allow: got.Allow}, &meshv1.Policy{Allow: want.Allow}) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	reservation := policies["CreateReservation"]
	if !reservation.MayAnswer(errorv1.ErrorReason_QUOTA_EXCEEDED) || policies["GetItem"].MayAnswer(errorv1.ErrorReason_QUOTA_EXCEEDED) {
		t.Error("CreateReservation may answer QUOTA_EXCEEDED, GetItem may not")
	}
}

func TestTheQuotasOfAMethod(t *testing.T) {
	const account, source = quotav1.Scope_SCOPE_ACCOUNT, quotav1.Scope_SCOPE_SOURCE
	options, minute := &descriptorpb.MethodOptions{}, time.Minute
	proto.SetExtension(options, quotav1.E_Quotas, []*quotav1.Quota{
		{Name: "open", Scope: account, Limit: 1 << 60},
		{Name: "past", Scope: source, Limit: 2, Window: durationpb.New(minute)},
	})
	want := []Quota{{Name: "open", Scope: account, Limit: 1 << 60}, {Name: "past", Scope: source, Limit: 2, Window: &minute}}
	if got := QuotasOf(newService(t, nil, options).Methods().Get(0)); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := QuotasOf(newService(t, nil, nil).Methods().Get(0)); len(got) != 0 {
		t.Errorf("%+v, want none", got)
	}
}
