# An implementation in Go. FOLDER: where it lies, such as services/<service>/go.

FROM node:24-bookworm-slim AS contract
WORKDIR /app
COPY . .
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund && node tools/generate.mjs \
  && mkdir /out && cp gen/src/contract.binpb /out/ && cp node_modules/@bufbuild/buf-linux-*/bin/buf /out/ \
  && node tools/sbom.mjs > /out/sbom.cdx.json

FROM golang:1.26 AS probe
RUN CGO_ENABLED=0 GOFLAGS=-trimpath go install github.com/grpc-ecosystem/grpc-health-probe@v0.4.40

FROM golang:1.26 AS build
ARG FOLDER
WORKDIR /app/$FOLDER
COPY --from=contract /out/ /contract/
COPY $FOLDER/go.mod $FOLDER/go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . /app
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
  CONTRACT=/contract/contract.binpb BUF=/contract/buf sh build.sh \
  && mkdir -p /out/data && chown 10001:10001 /out/data \
  && cp "$(sed -n 's/.*"run": \["\([^"]*\)"\].*/\1/p' implementation.json)" /out/start \
  && { [ ! -d ../lua ] || cp -r ../lua /out/; }

FROM scratch
ARG FOLDER
LABEL org.opencontainers.image.title="theseus $FOLDER" org.opencontainers.image.licenses="MIT" theseus.sbom="/sbom.cdx.json"
COPY --from=build /out/ /
COPY --from=contract /out/sbom.cdx.json /
COPY --from=probe /go/bin/grpc-health-probe /probe
USER 10001:10001
CMD ["/start"]
