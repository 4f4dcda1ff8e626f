# The broker: `serve`, `worker`, `migrate` and `bootstrap` of one image. The sandbox, the tests and the benchmarks are
# left out by .dockerignore, the packages they need by `--omit=dev`.
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json nest-cli.json .swcrc ./
COPY src ./src
COPY migrations ./migrations
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
# TZ: days are London days, reckoned by the kernel from UTC instants.
ENV NODE_ENV=production NODE_OPTIONS=--enable-source-maps TZ=UTC HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY policies ./policies
COPY migrations/roles.sql ./migrations/roles.sql
# Volumes mounted here take their owner from these folders.
RUN mkdir -p /log /log-head && chown node:node /log /log-head
# The files belong to root and the process does not: it can change nothing of itself.
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/src/cli/main.js"]
CMD ["serve"]
