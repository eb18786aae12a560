package inventory

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	inventoryv1 "theseus.local/inventory/gen/theseus/inventory/v1"
	"theseus.local/inventory/internal/contract"
	"theseus.local/inventory/internal/refusal"
)

const wildcard = "*"

// changeable are the paths that a mask may have. The price is one value, so a mask cannot name its parts.
var changeable = []string{"title", "description", "unit_price", "state"}

// applyMask returns the item as an update changes it (AIP-134). An absent mask means all fields that are set, * all fields.
func applyMask(current, given *inventoryv1.Item, mask []string) (*inventoryv1.Item, error) {
	if err := checkMask(mask); err != nil {
		return nil, err
	}
	wanted, ok := proto.Clone(current).(*inventoryv1.Item)
	if !ok {
		return nil, fmt.Errorf("a clone of an item is a %T", wanted)
	}
	source, target := given.ProtoReflect(), wanted.ProtoReflect()
	for _, path := range changeable {
		field := target.Descriptor().Fields().ByName(protoreflect.Name(path))
		switch {
		case len(mask) == 0 && !source.Has(field):
		case len(mask) > 0 && mask[0] != wildcard && !slices.Contains(mask, path):
		case source.Has(field):
			target.Set(field, source.Get(field))
		default:
			target.Clear(field)
		}
	}
	return wanted, nil
}

// checkMask refuses paths that are unknown, read-only by the contract, or not supported by this update.
func checkMask(mask []string) error {
	if len(mask) == 0 || slices.Equal(mask, []string{wildcard}) {
		return nil
	}
	item := (*inventoryv1.Item)(nil).ProtoReflect().Descriptor()
	var violations []refusal.Violation
	for i, path := range mask {
		found := problemOf(item, path)
		if found == nil && !slices.Contains(changeable, path) {
			found = readOnly()
		}
		if found != nil {
			found.Field = fmt.Sprintf("update_mask.paths[%d]", i)
			violations = append(violations, *found)
		}
	}
	if len(violations) == 0 {
		return nil
	}
	refused := refusal.New(errorv1.ErrorReason_FIELD_MASK_INVALID, "update_mask names a field that cannot be set")
	refused.Violations = violations
	return refused
}

// problemOf follows a path through the descriptors. The violation does not repeat the path, which is the caller's text.
func problemOf(scope protoreflect.MessageDescriptor, path string) *refusal.Violation {
	if path == wildcard {
		return &refusal.Violation{Rule: "field_mask.wildcard", Message: "* must stand alone"}
	}
	for name := range strings.SplitSeq(path, ".") {
		var field protoreflect.FieldDescriptor
		if scope != nil {
			field = scope.Fields().ByName(protoreflect.Name(name))
		}
		if field == nil {
			return &refusal.Violation{Rule: "field_mask.unknown", Message: "there is no such field"}
		}
		if !contract.IsMutable(field) {
			return readOnly()
		}
		scope = field.Message()
	}
	return nil
}

func readOnly() *refusal.Violation {
	return &refusal.Violation{Rule: "field_mask.read_only", Message: "this field cannot be changed"}
}
