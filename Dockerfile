FROM node:24-slim AS install
WORKDIR /phonebook
COPY . .
RUN npx --yes pnpm@12.21.0 install --frozen-lockfile

FROM debian:stable-slim
WORKDIR /phonebook
COPY --from=install /phonebook .
RUN useradd --create-home phonebook && mkdir /data && chown phonebook /data
USER phonebook
VOLUME /data
ENV HOST=0.0.0.0 PORT=3000 PHONEBOOK_DATABASE=/data/phonebook.db
EXPOSE 3000
HEALTHCHECK CMD ["./node_modules/.bin/node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["./node_modules/.bin/node", "apps/api/src/main.ts"]
