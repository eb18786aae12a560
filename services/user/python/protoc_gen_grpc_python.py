"""A plugin for buf. It generates servicers and stubs with the protoc of grpcio-tools, which has that generator."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc


def generate(request: CodeGeneratorRequest, folder: Path) -> CodeGeneratorResponse:
    """Passes everything through files below `folder`: that protoc does not work with pipes."""
    files = FileDescriptorSet(file=request.proto_file)
    wanted = [file.name for file in files.file if file.service and file.name in request.file_to_generate]
    response = CodeGeneratorResponse(supported_features=CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL)
    if not wanted:
        return response
    contract, out = folder / "contract.binpb", folder / "out"
    contract.write_bytes(files.SerializeToString())
    out.mkdir()
    parameter = f"{request.parameter}:" if request.parameter else ""
    arguments = [f"--descriptor_set_in={contract}", f"--grpc_python_out={parameter}{out}", *wanted]
    if protoc.main(["protoc", *arguments]) != 0:
        response.error = "protoc failed"
        return response
    for path in sorted(out.rglob("*.py")):
        response.file.add(name=path.relative_to(out).as_posix(), content=path.read_text(encoding="utf-8"))
    return response


if __name__ == "__main__":
    with TemporaryDirectory() as scratch:
        answer = generate(CodeGeneratorRequest.FromString(sys.stdin.buffer.read()), Path(scratch))
    sys.stdout.buffer.write(answer.SerializeToString())
