package rpc

import (
	"google.golang.org/grpc/encoding"
	protocodec "google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
)

// frame is a message that is not decoded yet. grpc-go would answer INTERNAL to bytes that it cannot decode; decoding them
// later allows a refusal with a reason.
type frame []byte

// frameCodec leaves frames as they are. All other messages, those of health and reflection, are encoded as Protobuf.
type frameCodec struct {
	encoding.CodecV2
}

func newFrameCodec() frameCodec {
	return frameCodec{encoding.GetCodecV2(protocodec.Name)}
}

func (c frameCodec) Marshal(v any) (mem.BufferSlice, error) {
	if f, ok := v.(*frame); ok {
		return mem.BufferSlice{mem.SliceBuffer(*f)}, nil
	}
	return c.CodecV2.Marshal(v)
}

func (c frameCodec) Unmarshal(data mem.BufferSlice, v any) error {
	if f, ok := v.(*frame); ok {
		*f = data.Materialize()
		return nil
	}
	return c.CodecV2.Unmarshal(data, v)
}
