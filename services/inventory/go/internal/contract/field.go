package contract

import (
	"slices"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// IsMutable reports whether callers may change a field.
func IsMutable(field protoreflect.FieldDescriptor) bool {
	behaviors, _ := option[[]annotations.FieldBehavior](field.Options(), annotations.E_FieldBehavior)
	return !slices.ContainsFunc(behaviors, func(behavior annotations.FieldBehavior) bool {
		switch behavior {
		case annotations.FieldBehavior_OUTPUT_ONLY, annotations.FieldBehavior_IMMUTABLE, annotations.FieldBehavior_IDENTIFIER:
			return true
		default:
			return false
		}
	})
}
