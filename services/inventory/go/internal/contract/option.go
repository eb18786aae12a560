package contract

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// option reads an extension of an element's options. Another contract can have one with the same number, so that its full
// name tells which one is there.
func option[T any](options proto.Message, extension protoreflect.ExtensionType) (value T, found bool) {
	options.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		if field.FullName() != extension.TypeDescriptor().FullName() {
			return true
		}
		value, found = proto.GetExtension(options, extension).(T)
		return false
	})
	return value, found
}
