# The image of vae-sweep for Linux on x64 and arm64, and the dev container (`development`):
#   docker build --tag vae-sweep .
FROM node:22.23.5-bookworm-slim AS base
# The C engine compiles programs at run time. Debian deletes old versions of its packages, so pinned versions would soon be missing.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends g++ \
  && rm -rf /var/lib/apt/lists/*

FROM base AS tools
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates python3-pip \
  && rm -rf /var/lib/apt/lists/*

# The tools of most tests; the dev container sets up the clone that it mounts.
FROM tools AS development
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends chromium git openssl python3-venv redis-server \
  && rm -rf /var/lib/apt/lists/*
USER 1000:1000

FROM tools AS build
WORKDIR /app
COPY . .
# TensorFlow is kept beside the program, so that it does not depend on the home folder of the user.
# The files of a clone may be readable for its owner only.
RUN XDG_CACHE_HOME=/app/.cache node scripts/setup.mjs \
  && chmod -R a+rX /app

FROM base
WORKDIR /app
COPY --from=build /app /app
RUN install -d -o 1000 -g 1000 /store && echo 'out: /store' > vae-sweep.config.yaml
# The user `node` of the base image.
USER 1000:1000
ENTRYPOINT ["node", "/app/bin/vae-sweep.mjs"]
