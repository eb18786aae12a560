package rpc

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// unmarshal reads a message whose fields all come in their own wire types. The library takes others for unknown fields.
func unmarshal(bytes []byte, message proto.Message) error {
	if err := proto.Unmarshal(bytes, message); err != nil {
		return err
	}
	return checkWireTypes(message.ProtoReflect())
}

func checkWireTypes(message protoreflect.Message) error {
	if err := checkUnknown(message.GetUnknown(), message.Descriptor()); err != nil {
		return err
	}
	var err error
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case field.Message() == nil || field.IsMap():
		case field.IsList():
			for i := 0; i < value.List().Len() && err == nil; i++ {
				err = checkWireTypes(value.List().Get(i).Message())
			}
		default:
			err = checkWireTypes(value.Message())
		}
		return err == nil
	})
	return err
}

// checkUnknown finds a field that is not unknown among those that the library takes for unknown.
func checkUnknown(unknown protoreflect.RawFields, descriptor protoreflect.MessageDescriptor) error {
	for len(unknown) > 0 {
		number, wireType, length := protowire.ConsumeField(unknown)
		if length < 0 {
			return protowire.ParseError(length)
		}
		if descriptor.Fields().ByNumber(number) != nil {
			return fmt.Errorf("field %d of %s has wire type %d", number, descriptor.FullName(), wireType)
		}
		unknown = unknown[length:]
	}
	return nil
}
