package rpc

import (
	"google.golang.org/grpc/encoding"
	protocodec "google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
)

// frame is a message as its bytes. Decoding is ours, since what grpc-go answers to bytes it cannot decode is INTERNAL.
type frame []byte

// frameCodec passes frames through and leaves all else (health, reflection) to Protobuf.
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
