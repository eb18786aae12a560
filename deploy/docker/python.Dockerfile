# An implementation in Python. FOLDER: where it lies, such as services/<service>/python.

FROM node:24-bookworm-slim AS contract
WORKDIR /app
COPY . .
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund && node tools/generate.mjs \
  && mkdir /out && cp gen/src/contract.binpb /out/ && cp node_modules/@bufbuild/buf-linux-*/bin/buf /out/ \
  && node tools/sbom.mjs > /out/sbom.cdx.json

FROM golang:1.26 AS probe
RUN CGO_ENABLED=0 GOFLAGS=-trimpath go install github.com/grpc-ecosystem/grpc-health-probe@v0.4.40

FROM python:3.12-slim AS build
ARG FOLDER
WORKDIR /app/$FOLDER
COPY --from=contract /out/ /contract/
COPY . /app
RUN --mount=type=cache,target=/root/.cache/pip \
  CONTRACT=/contract/contract.binpb BUF=/contract/buf sh build.sh \
  && rm -rf tests .venv/lib/python*/site-packages/pip* \
  && mkdir -p "/out/app/$FOLDER" /out/data && chown 10001:10001 /out/data \
  && cp -r .venv src gen pyproject.toml implementation.json "/out/app/$FOLDER/" \
  && sh /app/deploy/docker/run-script.sh "/app/$FOLDER" /out/start

FROM python:3.12-slim
ARG FOLDER
LABEL org.opencontainers.image.title="theseus $FOLDER" org.opencontainers.image.licenses="MIT" theseus.sbom="/sbom.cdx.json"
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=build /out/ /
COPY --from=contract /out/sbom.cdx.json /
COPY --from=probe /go/bin/grpc-health-probe /probe
USER 10001:10001
CMD ["/start"]
