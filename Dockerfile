FROM node:24-slim AS install
WORKDIR /phonebook
COPY . .
RUN npx --yes pnpm@12.21.0 install --frozen-lockfile

FROM debian:stable-slim
WORKDIR /phonebook
COPY --from=install /phonebook .
# Node 26 is linked with libatomic.
RUN apt-get update && apt-get install -y --no-install-recommends libatomic1 && rm -rf /var/lib/apt/lists/* &&\
  useradd --create-home phonebook && mkdir /data && chown phonebook /data
USER phonebook
VOLUME /data
ENV HOST=0.0.0.0 PORT=3000 PHONEBOOK_DATABASE=/data/phonebook.db
# For less memory: see docs/performance.md.
ENV NODE_COMPILE_CACHE=/tmp/node-compile-cache NODE_OPTIONS=--max-semi-space-size=16 MALLOC_ARENA_MAX=2
EXPOSE 3000
HEALTHCHECK CMD ["./node_modules/.bin/node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["./node_modules/.bin/node", "apps/api/src/main.ts"]
