# syntax=docker/dockerfile:1

# What is shipped, built from source with the versions of the lock file.
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json README.md LICENSE ./
COPY .ci .ci
COPY config config
COPY src src
RUN npm run build
# Not --omit=optional: the compiled half of koffi is an optional dependency of it.
RUN cd dist && npm ci --omit=dev

FROM gcr.io/distroless/nodejs24-debian12:nonroot AS runtime

# Port 53 for a user that is not root, also in the host's network, where the kernel guards it.
FROM debian:12-slim AS capable
RUN apt-get update && apt-get install -y --no-install-recommends libcap2-bin
COPY --from=runtime /nodejs/bin/node /nodejs/bin/node
RUN setcap cap_net_bind_service=+ep /nodejs/bin/node

FROM runtime
COPY --from=capable /nodejs/bin/node /nodejs/bin/node
COPY --from=build --chown=root:root /build/dist /mesonym
ENV NODE_ENV=production MALLOC_ARENA_MAX=2
USER nonroot
EXPOSE 53/udp 53/tcp 8123/tcp
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["/nodejs/bin/node", "/mesonym/src/mesonym.js", "healthcheck"]
# The base image's entry point is Node.js.
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=4", "/mesonym/src/mesonym.js"]
CMD ["serve"]
