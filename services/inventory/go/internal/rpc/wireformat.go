package rpc

import (
	"errors"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

const (
	// mostLevels is how many messages and groups may stand one inside the other: decoders agree on no more.
	mostLevels = 100
	// longestTag is how many bytes the number of a tag or of a length may have.
	longestTag = 5
)

// unmarshal reads a message that is what Protobuf's wire format allows, and whose fields all come in their own wire types.
// The library takes others for unknown fields, and is less strict in some places than the decoders of other languages.
func unmarshal(bytes []byte, message proto.Message) error {
	if err := checkFields(bytes, message.ProtoReflect().Descriptor(), 0); err != nil {
		return err
	}
	return proto.Unmarshal(bytes, message)
}

func checkFields(bytes []byte, message protoreflect.MessageDescriptor, level int) error {
	for len(bytes) > 0 {
		number, wireType, rest, err := consumeTag(bytes)
		if err != nil {
			return err
		}
		field := message.Fields().ByNumber(number)
		if field != nil && !isOwn(field, wireType) {
			return fmt.Errorf("field %d of %s has wire type %d", number, message.FullName(), wireType)
		}
		value, rest, err := consumeValue(rest, number, wireType, level)
		if err != nil {
			return err
		}
		if field != nil && wireType == protowire.BytesType {
			if err := checkInside(value, field, level); err != nil {
				return err
			}
		}
		bytes = rest
	}
	return nil
}

// checkInside looks into a message, an entry of a map, or a list of numbers in one piece.
func checkInside(value []byte, field protoreflect.FieldDescriptor, level int) error {
	if inner := field.Message(); inner != nil {
		if level == mostLevels {
			return errTooDeep
		}
		return checkFields(value, inner, level+1)
	}
	single := wireTypeOf(field)
	for single != protowire.BytesType && len(value) > 0 {
		length := protowire.ConsumeFieldValue(field.Number(), single, value)
		if length < 0 {
			return protowire.ParseError(length)
		}
		value = value[length:]
	}
	return nil
}

var errTooDeep = fmt.Errorf("more than %d messages stand one inside the other", mostLevels)

func consumeTag(bytes []byte) (protowire.Number, protowire.Type, []byte, error) {
	tag, length := protowire.ConsumeVarint(bytes)
	if length < 0 {
		return 0, 0, nil, protowire.ParseError(length)
	}
	if length > longestTag || tag > math.MaxUint32 || tag>>3 == 0 {
		return 0, 0, nil, fmt.Errorf("no field has the tag %d in %d bytes", tag, length)
	}
	return protowire.Number(tag >> 3), protowire.Type(tag & 7), bytes[length:], nil
}

// consumeValue gives the bytes of a field that has such, and what follows the field.
func consumeValue(bytes []byte, number protowire.Number, wireType protowire.Type, level int) (value, rest []byte, err error) {
	switch wireType {
	case protowire.StartGroupType:
		rest, err = consumeGroup(bytes, number, level+1)
		return nil, rest, err
	case protowire.BytesType:
		if _, length := protowire.ConsumeVarint(bytes); length > longestTag {
			return nil, nil, fmt.Errorf("the length of field %d has %d bytes", number, length)
		}
		value, length := protowire.ConsumeBytes(bytes)
		if length < 0 {
			return nil, nil, protowire.ParseError(length)
		}
		return value, bytes[length:], nil
	default:
		length := protowire.ConsumeFieldValue(number, wireType, bytes)
		if length < 0 {
			return nil, nil, protowire.ParseError(length)
		}
		return nil, bytes[length:], nil
	}
}

// consumeGroup goes over a group, which no message of the contract has.
func consumeGroup(bytes []byte, group protowire.Number, level int) ([]byte, error) {
	if level > mostLevels {
		return nil, errTooDeep
	}
	for len(bytes) > 0 {
		number, wireType, rest, err := consumeTag(bytes)
		if err != nil {
			return nil, err
		}
		if wireType == protowire.EndGroupType && number == group {
			return rest, nil
		}
		if _, bytes, err = consumeValue(rest, number, wireType, level); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("a group has no end")
}

func isOwn(field protoreflect.FieldDescriptor, wireType protowire.Type) bool {
	return wireType == wireTypeOf(field) || (field.IsList() && wireType == protowire.BytesType)
}

func wireTypeOf(field protoreflect.FieldDescriptor) protowire.Type {
	switch field.Kind() {
	case protoreflect.StringKind, protoreflect.BytesKind, protoreflect.MessageKind, protoreflect.GroupKind:
		return protowire.BytesType
	case protoreflect.DoubleKind, protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind:
		return protowire.Fixed64Type
	case protoreflect.FloatKind, protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind:
		return protowire.Fixed32Type
	default:
		return protowire.VarintType
	}
}
