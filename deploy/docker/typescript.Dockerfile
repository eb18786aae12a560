# An implementation in TypeScript. FOLDER: where it lies, such as services/<service>/typescript.

FROM golang:1.26 AS probe
RUN CGO_ENABLED=0 GOFLAGS=-trimpath go install github.com/grpc-ecosystem/grpc-health-probe@v0.4.40

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund && node tools/build.mjs

FROM build AS pack
ARG FOLDER
RUN sh deploy/docker/pack.sh "$FOLDER" /out/app && sh deploy/docker/run-script.sh "/app/$FOLDER" /out/start \
  && mkdir /out/data && chown 10001:10001 /out/data \
  && npm sbom --sbom-format cyclonedx --omit dev --workspace "$FOLDER" > /out/sbom.cdx.json

FROM node:24-bookworm-slim
ARG FOLDER
LABEL org.opencontainers.image.title="theseus $FOLDER" org.opencontainers.image.licenses="MIT" theseus.sbom="/sbom.cdx.json"
ENV NODE_ENV=production
COPY --from=pack /out/ /
COPY --from=probe /go/bin/grpc-health-probe /probe
USER 10001:10001
CMD ["/start"]
