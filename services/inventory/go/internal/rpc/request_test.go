package rpc

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	inventoryv1 "theseus.local/inventory/gen/theseus/inventory/v1"
	"theseus.local/inventory/internal/contract"
	"theseus.local/inventory/internal/refusal"
)

// inventoryMethod is a method as the server binds it, of a contract whose texts have predefined rules.
func inventoryMethod(t *testing.T) *method {
	t.Helper()
	service := inventoryv1.File_theseus_inventory_v1_inventory_service_proto.Services().ByName("InventoryService")
	validator, err := warmValidator(service)
	if err != nil {
		t.Fatal(err)
	}
	return &method{policy: contract.Policy{MaxRequestBytes: mebibyte}, validator: validator}
}

// decodeFrom reads a request from its bytes, into a new message.
func decodeFrom(t *testing.T, m *method, request proto.Message) *refusal.Error {
	t.Helper()
	bytes, err := proto.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	return m.decode(bytes, request.ProtoReflect().New().Interface())
}

func TestPredefinedRulesRefuseAsPatternsDo(t *testing.T) {
	const (
		uuid    = "6f2f1a52-58a4-4e0c-9d0e-3c6c0a5f7f10"
		version = "6f2f1a52-58a4-1e0c-9d0e-3c6c0a5f7f10"
	)
	pattern := func(field, pattern string) refusal.Violation {
		return refusal.Violation{Field: field, Rule: "string.pattern", Message: "does not match regex pattern `" + pattern + "`"}
	}
	uuidBroken := pattern("request_id", "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
	row := func(id, requestID string) *inventoryv1.CreateItemRequest {
		return &inventoryv1.CreateItemRequest{ItemId: id, RequestId: requestID, Item: &inventoryv1.Item{}}
	}
	line := func(item string) *inventoryv1.CreateReservationRequest {
		lines := []*inventoryv1.ReservationLine{{Item: item, Quantity: 1}}
		return &inventoryv1.CreateReservationRequest{Reservation: &inventoryv1.Reservation{Lines: lines}, RequestId: uuid}
	}
	m := inventoryMethod(t)
	tests := []struct {
		name    string
		request proto.Message
		want    []refusal.Violation
	}{
		{"a name", &inventoryv1.GetItemRequest{Name: "items/kettle-2"}, nil},
		{"no name", &inventoryv1.GetItemRequest{}, []refusal.Violation{pattern("name", "^items/[a-z0-9-]{1,64}$")}},
		{"a name of another collection", &inventoryv1.GetItemRequest{Name: "reservations/a"}, []refusal.Violation{pattern("name", "^items/[a-z0-9-]{1,64}$")}},
		{"a name with a line end", &inventoryv1.GetReservationRequest{Name: "reservations/a\n"}, []refusal.Violation{pattern("name", "^reservations/[a-z0-9-]{1,64}$")}},
		{"two bad names", &inventoryv1.CommitReservationRequest{Name: "items/a", Payment: "payments/A"}, []refusal.Violation{
			pattern("name", "^reservations/[a-z0-9-]{1,64}$"), pattern("payment", "^payments/[a-z0-9-]{1,64}$"),
		}},
		{"a name in a list", &inventoryv1.WatchStockRequest{Items: []string{"items/a", "a"}}, []refusal.Violation{pattern("items[1]", "^items/[a-z0-9-]{1,64}$")}},
		{"a line", line("items/a"), nil},
		{"a name in a line", line("items/" + strings.Repeat("a", 65)), []refusal.Violation{pattern("reservation.lines[0].item", "^items/[a-z0-9-]{1,64}$")}},
		{"an id", row("kettle", uuid), nil},
		{"an id with a slash", row("items/kettle", uuid), []refusal.Violation{pattern("item_id", "^[a-z0-9-]{1,64}$")}},
		{"a UUID in upper case", row("kettle", strings.ToUpper(uuid)), []refusal.Violation{uuidBroken}},
		{"a UUID of another version", row("kettle", version), []refusal.Violation{uuidBroken}},
		{"no id and no UUID", row("", ""), []refusal.Violation{pattern("item_id", "^[a-z0-9-]{1,64}$"), uuidBroken}},
	}
	for _, test := range tests {
		var got []refusal.Violation
		if refused := decodeFrom(t, m, test.request); refused != nil {
			if refused.Reason != errorv1.ErrorReason_VALIDATION_FAILED {
				t.Errorf("%s: %v", test.name, refused)
			}
			// An item's own rules are not looked at here.
			got = slices.DeleteFunc(refused.Violations, func(each refusal.Violation) bool { return each.Field == "item" })
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}

func TestARuleThatIsNotKnownLetsNothingPass(t *testing.T) {
	rules := &validate.StringRules{}
	rules.ProtoReflect().SetUnknown(protowire.AppendVarint(protowire.AppendTag(nil, 99_999_999, protowire.VarintType), 1))
	options := &descriptorpb.FieldOptions{}
	proto.SetExtension(options, validate.E_Field, &validate.FieldRules{Type: &validate.FieldRules_String_{String_: rules}})
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name:    proto.String("rule.proto"),
		Package: proto.String("rule"),
		MessageType: []*descriptorpb.DescriptorProto{{Name: proto.String("Text"), Field: []*descriptorpb.FieldDescriptorProto{{
			Name: proto.String("text"), Number: proto.Int32(1), Options: options,
			Type: descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum(), Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
		}}}},
		Service: []*descriptorpb.ServiceDescriptorProto{{Name: proto.String("Texts"), Method: []*descriptorpb.MethodDescriptorProto{{
			Name: proto.String("Call"), InputType: proto.String(".rule.Text"), OutputType: proto.String(".rule.Text"),
		}}}},
	}, protoregistry.GlobalFiles)
	if err != nil {
		t.Fatal(err)
	}
	validator, err := warmValidator(file.Services().Get(0))
	if err != nil {
		t.Fatal(err)
	}
	m := &method{policy: contract.Policy{MaxRequestBytes: mebibyte}, validator: validator}
	if got := m.decode(nil, dynamicpb.NewMessage(file.Messages().Get(0))); got == nil || got.Reason != errorv1.ErrorReason_INTERNAL {
		t.Errorf("%v, want INTERNAL", got)
	}
}

func TestFieldsInAnotherWireTypeAreMalformed(t *testing.T) {
	m := inventoryMethod(t)
	nested := func(number protowire.Number, inner []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), inner)
	}
	group := protowire.AppendTag(protowire.AppendTag(nil, 2, protowire.StartGroupType), 2, protowire.EndGroupType)
	for name, test := range map[string]struct {
		request proto.Message
		bytes   []byte
	}{
		"a number as a group":    {&inventoryv1.AddStockRequest{}, group},
		"in a message":           {&inventoryv1.CreateItemRequest{}, nested(2, []byte{0x10, 0x01})},
		"in a message of a list": {&inventoryv1.CreateReservationRequest{}, nested(1, nested(3, group))},
	} {
		refused := m.decode(test.bytes, test.request)
		if refused == nil || refused.Reason != errorv1.ErrorReason_REQUEST_MALFORMED {
			t.Errorf("%s: %v, want REQUEST_MALFORMED", name, refused)
		}
	}
}

func TestWhatIsNotTheWireFormatIsMalformed(t *testing.T) {
	timestamp := (&timestamppb.Timestamp{}).ProtoReflect().Descriptor()
	file := (&descriptorpb.FileDescriptorProto{}).ProtoReflect().Descriptor()
	groups := func(depth int) string { return strings.Repeat("db3e", depth) + strings.Repeat("dc3e", depth) }
	check := func(message protoreflect.MessageDescriptor, text string) error {
		bytes, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return checkFields(bytes, message, 0)
	}
	for _, right := range []string{
		"", "08011002", "888080800001", "f8ffffff0f01", "08ffffffffffffffffff01", "d23e818080800061",
		"c93e0102030405060708e53e01020304", groups(mostLevels),
	} {
		if err := check(timestamp, right); err != nil {
			t.Errorf("%s: %v", right, err)
		}
	}
	for _, wrong := range []string{
		// Field numbers, tags, wire types.
		"0001", "db3e0001dc3e", "808080801001", "88808080800001", "0e", "0f",
		// Numbers and bytes that are too long, or have no end.
		"c03effffffffffffffffffff01", "c03effffffffffffffffff02", "c03e80", "c93e01", "cd3e01", "d23e0261",
		"d23e8180808080", "d23e81808080800061", "d23e818080801061", "08",
		// Groups.
		"db3e", "db3ee43e", "dc3e", groups(mostLevels + 1),
		// Other wire types than the field's own.
		"090000000000000000", "120105", "1314",
	} {
		if err := check(timestamp, wrong); err == nil {
			t.Errorf("%s is taken", wrong)
		}
	}
	// Lists of numbers, and messages, end where they say.
	for text, isRight := range map[string]bool{"520201025001": true, "5201805001": false, "22020a056161616161": false, "22020801": false} {
		if err := check(file, text); (err == nil) != isRight {
			t.Errorf("%s: %v", text, err)
		}
	}
}
