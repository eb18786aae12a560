# The control plane of the shop in containers, and the commands that people run there.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund && node tools/build.mjs

FROM build AS pack
RUN sh deploy/docker/pack.sh shop /out/app && mkdir /out/state /out/people && chown 10001:10001 /out/state /out/people \
  && npm sbom --sbom-format cyclonedx --omit dev --workspace shop > /out/sbom.cdx.json

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="theseus control" org.opencontainers.image.licenses="MIT" theseus.sbom="/sbom.cdx.json"
ENV NODE_ENV=production
COPY --from=pack /out/ /
WORKDIR /app
USER 10001:10001
ENTRYPOINT ["node", "--enable-source-maps", "shop/bin/containers.mjs"]
