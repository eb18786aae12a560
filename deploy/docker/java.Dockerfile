# An implementation in Java. FOLDER: where it lies, such as services/<service>/java.

FROM node:24-bookworm-slim AS contract
WORKDIR /app
COPY . .
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund && node tools/generate.mjs \
  && mkdir /out && cp gen/src/contract.binpb /out/ && cp node_modules/@bufbuild/buf-linux-*/bin/buf /out/ \
  && node tools/sbom.mjs > /out/sbom.cdx.json

FROM golang:1.26 AS probe
RUN CGO_ENABLED=0 GOFLAGS=-trimpath go install github.com/grpc-ecosystem/grpc-health-probe@v0.4.40

FROM maven:3.9-eclipse-temurin-21 AS build
ARG FOLDER
WORKDIR /app/$FOLDER
COPY --from=contract /out/ /contract/
COPY . /app
RUN --mount=type=cache,target=/root/.m2 CONTRACT=/contract/contract.binpb BUF=/contract/buf sh build.sh \
  && mkdir -p /packed/target && cp -r *.sh java.options implementation.json /packed/ \
  && cp -r target/*.jar target/lib /packed/target/

# An archive of classes fits the Java that made it alone: it is made by the one that runs.
FROM eclipse-temurin:21-jre AS pack
ARG FOLDER
WORKDIR /app/$FOLDER
COPY --from=build /packed/ ./
COPY deploy/docker/run-script.sh /
RUN sh archive.sh && mkdir -p "/out/app/$FOLDER" /out/data && chown 10001:10001 /out/data \
  && cp -r . "/out/app/$FOLDER/" && sh /run-script.sh "/app/$FOLDER" /out/start

FROM eclipse-temurin:21-jre
ARG FOLDER
LABEL org.opencontainers.image.title="theseus $FOLDER" org.opencontainers.image.licenses="MIT" theseus.sbom="/sbom.cdx.json"
COPY --from=pack /out/ /
COPY --from=contract /out/sbom.cdx.json /
COPY --from=probe /go/bin/grpc-health-probe /probe
USER 10001:10001
CMD ["/start"]
